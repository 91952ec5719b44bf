package io.millrace.server.command;

import io.millrace.server.process.FakeBroker;
import java.util.List;

/** The program with a broker that only listens; with {@code hanging} before the command it never ends in order. */
final class FakeMain {
    private FakeMain() {}

    public static void main(String[] arguments) {
        boolean hangs = arguments[0].equals("hanging");
        CommandFrame frame = CommandFrame.onStandardStreams(List.of(ServeCommand.with(
                (settings, levels) -> hangs ? FakeBroker.start(settings).hanging() : FakeBroker.start(settings))));
        String[] rest = hangs ? List.of(arguments).subList(1, arguments.length).toArray(String[]::new) : arguments;
        System.exit(frame.run(rest));
    }
}
