package io.millrace.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.config.Key;
import io.millrace.server.config.Schema;
import io.millrace.server.process.FakeBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** What goes wrong is told in one line, with the exit status that says whose fault it is. */
class CommandFrameTest {
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private Callable<Integer> action = () -> 0;

    @Command(name = "act", header = "Act.")
    private final class ActCommand implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            return action.call();
        }
    }

    @Test
    void aCommandThatSucceedsExitsWithZero() {
        assertThat(run("act")).isZero();
        assertThat(errors.toString()).isEmpty();
    }

    @Test
    void aFailureIsOneLineAndStatusOne() {
        action = () -> {
            throw new CommandFailure("there is no queue 'a'\nat all");
        };

        assertThat(run("act")).isEqualTo(1);
        assertThat(errors).hasToString("millrace act: there is no queue 'a' at all\n");
    }

    @Test
    void anUnexpectedFailureIsOneLineTooAndSaysHowToSeeMore() {
        action = () -> {
            throw new NoSuchFileException("/etc/x");
        };

        assertThat(run("act")).isEqualTo(1);
        assertThat(errors)
                .hasToString("millrace act: unexpected failure: NoSuchFileException: /etc/x: there is no"
                        + " such file (--debug prints where)\n");
    }

    @Test
    void debugPrintsTheStackTrace() {
        action = () -> {
            throw new CommandFailure("no", new IOException("because"));
        };

        assertThat(run("act", "--debug")).isEqualTo(1);
        assertThat(errors.toString()).startsWith("millrace act: no\n").contains("\tat io.millrace", "because");
        assertThat(run("--debug", "act")).isEqualTo(1);
    }

    @Test
    void aMistypedOptionIsMisuseWithASuggestion() {
        assertThat(run("serve", "--free-port")).isEqualTo(2);
        assertThat(errors.toString())
                .startsWith("millrace serve: Unknown option: '--free-port'")
                .contains("--free-ports")
                .contains("Try 'millrace serve --help'.");
    }

    @Test
    void aMistypedCommandIsMisuse() {
        assertThat(run("srve")).isEqualTo(2);
        assertThat(errors.toString()).contains("'srve'").contains("Try 'millrace --help'.");
    }

    @Test
    void noCommandIsMisuse() {
        assertThat(run()).isEqualTo(2);
        assertThat(errors.toString()).contains("Missing required subcommand").contains("Try 'millrace --help'.");
    }

    @Test
    void aWrongKeyIsMisuseAndEveryProblemOneLine() {
        assertThat(run("serve", "--set", "log.levl=info", "--set", "log.level=loud"))
                .isEqualTo(2);
        assertThat(errors.toString().lines())
                .containsExactly(
                        "millrace serve: --set: there is no key 'log.levl'; did you mean 'log.level'?",
                        "millrace serve: --set: log.level: 'loud' is not one of error, warn, info, debug, trace");
    }

    @Test
    void aConfigurationFileThatIsMissingIsNamed() {
        assertThat(run("serve", "--config", "/no/such.yaml")).isEqualTo(2);
        assertThat(errors).hasToString("millrace serve: /no/such.yaml: there is no such file\n");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(output.toString()).matches("(?s)Millrace [0-9]+\\.[0-9]+\\.[0-9]+\nJava [0-9]+.*");
    }

    @Test
    void theHelpListsTheCommands() {
        assertThat(run("--help")).isZero();
        assertThat(output.toString())
                .contains("act ", "Act.", "serve", "Start a broker", "--heap", "MILLRACE_OPTS", "Exit status");
        assertThat(output.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void theHelpOfServeTeachesEveryKey() {
        assertThat(run("serve", "--help")).isZero();
        assertThat(output.toString())
                .contains("--data", "--config", "--set", "--free-ports", "--ready-file", "Examples");
        assertThat(Schema.keys()).extracting(Key::name).allSatisfy(name -> assertThat(output.toString())
                .contains("  " + name + " = "));
        assertThat(output.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    private int run(String... arguments) {
        List<?> commands =
                List.of(new ActCommand(), ServeCommand.with((settings, levels) -> FakeBroker.start(settings)));
        return new CommandFrame(commands, new PrintWriter(output, true), new PrintWriter(errors, true)).run(arguments);
    }
}
