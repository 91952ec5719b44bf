package io.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The modules point downward, the engine stands alone, and each of these rules can be broken. */
class ArchitectureTest {
    private static final Map<String, ArchRule> RULES = ArchitectureRules.all();
    private static final JavaClasses CLASSES = importer()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millrace");

    @TempDir
    private Path directory;

    static Stream<String> rules() {
        return RULES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theRuleHolds(String rule) {
        RULES.get(rule).check(CLASSES);
    }

    @Test
    void theClassesAreThere() {
        assertThat(CLASSES.contain("io.millrace.base.Loop")).isTrue();
        assertThat(CLASSES.contain("io.millrace.testkit.SimulatedWorld")).isTrue();
        assertThat(CLASSES.contain("io.millrace.server.ArchitectureTest")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "base, storage",
        "base, server",
        "storage, engine",
        "engine, broker",
        "broker, gateway",
        "broker, api",
        "gateway, protocol",
        "protocol, api",
        "api, server"
    })
    void aModuleThatUsesOneAboveItIsFound(String below, String above) {
        // Of the engine this is a package that others may use.
        String name = "io.millrace." + above + ".inspect";
        String upper = "package " + name + "; public class Upper {}";
        String lower = "package io.millrace." + below + "; class Lower { " + name + ".Upper field; }";

        assertThat(broken(upper, lower)).containsExactly(below + " uses nothing above it");
        assertThat(broken(
                        "package io.millrace." + below + "; public class Lower {}",
                        "package io.millrace." + above + "; class Upper { io.millrace." + below + ".Lower field; }"))
                .isEmpty();
    }

    @Test
    void mainCodeThatUsesTheTestKitIsFound() {
        assertThat(broken(
                        "package io.millrace.testkit; public class Kit {}",
                        "package io.millrace.base; class User { io.millrace.testkit.Kit field; }"))
                .containsExactly("main code does not use the test kit");
    }

    @Test
    void aTestKitThatUsesMoreThanBaseIsFound() {
        assertThat(broken(
                        "package io.millrace.engine; public class Used {}",
                        "package io.millrace.testkit; class Kit { io.millrace.engine.Used field; }"))
                .containsExactly("the test kit uses base only");
    }

    @Test
    void aProtocolThatKnowsAnotherIsFound() {
        String kafka = "package io.millrace.protocol.kafka.wire; public class Kafka {}";

        assertThat(broken(
                        kafka,
                        "package io.millrace.protocol.amqp; class A { io.millrace.protocol.kafka.wire.Kafka k; }"))
                .containsExactly("protocols do not know each other");
        assertThat(broken(
                        kafka,
                        "package io.millrace.protocol.kafka; class A { io.millrace.protocol.kafka.wire.Kafka k; }"))
                .isEmpty();
    }

    @Test
    void packagesOfTheEngineThatNeedEachOtherAreFound() {
        String queue = "package io.millrace.engine.queue; public class Queue { %s }";
        String index = "package io.millrace.engine.index; public class Index { %s }";
        String shard = "package io.millrace.engine; public class Shard { io.millrace.engine.queue.Queue field; }";

        assertThat(broken(
                        queue.formatted("io.millrace.engine.index.Index field;"),
                        index.formatted("io.millrace.engine.queue.Queue field;")))
                .containsExactly("the packages of the engine are free of cycles");
        assertThat(broken(queue.formatted("io.millrace.engine.Shard field;"), shard))
                .containsExactly("the packages of the engine are free of cycles");
        assertThat(broken(queue.formatted("io.millrace.engine.index.Index field;"), index.formatted(""), shard))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"broker", "api", "server.data"})
    void whoLooksIntoTheEngineIsFound(String user) {
        String inside = "package io.millrace.engine.queue; public class Queue {}";
        String outside = "package io.millrace." + user + "; class User { io.millrace.engine.queue.Queue field; }";

        assertThat(broken(inside, outside)).containsExactly("only the engine knows what is inside of it");
        for (String open : List.of("engine", "engine.policy", "engine.inspect")) {
            assertThat(broken(inside.replace("engine.queue", open), outside.replace("engine.queue", open)))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "threads | Object o = Thread.currentThread();",
                "threads | java.util.concurrent.ExecutorService o;",
                "threads | Object o = java.util.concurrent.Executors.newCachedThreadPool();",
                "threads | java.util.concurrent.locks.ReentrantLock o;",
                "threads | java.util.concurrent.LinkedBlockingQueue<Void> o;",
                "threads | java.util.Timer o;",
                "loggers | System.Logger o;",
                "loggers | java.util.logging.Logger o;",
                "files | java.nio.file.Path o;",
                "files | java.io.File o;",
                "files | java.io.FileInputStream o;",
                "files | java.nio.channels.FileChannel o;",
                "randomness of its own | java.util.Random o;",
                "randomness of its own | Object o = java.util.concurrent.ThreadLocalRandom.current();",
                "clock of its own | long o = System.nanoTime();",
                "clock of its own | long o = System.currentTimeMillis();",
                "clock of its own | Object o = java.time.Instant.now();",
                "clock of its own | double o = Math.random();"
            })
    void anEngineThatReachesOutIsFound(String what, String member) {
        String engine = "package io.millrace.engine.shard; class Shard { " + member + " }";

        assertThat(broken(engine)).containsExactly("the engine has no " + what);
        assertThat(broken(engine.replace("io.millrace.engine", "io.millrace.api")))
                .isEmpty();
    }

    @Test
    void anEngineWithTheSystemsClockOrAThreadOfBaseIsFound() {
        assertThat(broken(
                        "package io.millrace.base; public interface Clock { Clock SYSTEM = new Clock() {}; }",
                        "package io.millrace.base; public class AgentThread {}",
                        "package io.millrace.engine; class One { Object o = io.millrace.base.Clock.SYSTEM; }",
                        "package io.millrace.engine; class Two { io.millrace.base.AgentThread o; }"))
                .containsExactlyInAnyOrder("the engine has no clock of its own", "the engine has no threads");
    }

    @Test
    void anEngineThatLogsIsFound() {
        assertThat(broken(
                        "package org.slf4j; public interface Logger {}",
                        "package io.millrace.engine; class Shard { org.slf4j.Logger field; }"))
                .containsExactly("the engine has no loggers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.nio.channels.FileChannel o;",
                "boolean o = java.nio.file.Files.exists(null);",
                "java.io.File o;",
                "java.io.RandomAccessFile o;"
            })
    void storageThatGoesToTheDiskItselfIsFound(String member) {
        assertThat(broken("package io.millrace.storage; class Journal { " + member + " }"))
                .containsExactly("storage reaches files through base");
        assertThat(broken("package io.millrace.storage; class Journal { java.nio.file.Path path; }"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ch.qos.logback.classic", "picocli", "org.snakeyaml.engine.v2.api"})
    void aLibraryOfTheServerUsedElsewhereIsFound(String packageName) {
        String library = "package " + packageName + "; public class Library {}";
        String user = "package io.millrace.api; class User { " + packageName + ".Library field; }";

        assertThat(broken(library, user)).containsExactly("only the server knows logback, picocli and snakeyaml");
        assertThat(broken(library, user.replace(".api;", ".server;"))).isEmpty();
    }

    /** Quiet, and content with the names of what our classes use: the rules ask for no more. */
    private static ClassFileImporter importer() {
        ((Logger) LoggerFactory.getLogger("com.tngtech.archunit")).setLevel(Level.WARN);
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter();
    }

    /** The names of the rules that these sources break, compiled together. */
    private List<String> broken(String... sources) {
        Path out = directory.resolve(Integer.toString(directory.toFile().list().length));
        assertThat(out.toFile().mkdir()).isTrue();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> files =
                Stream.of(sources).map(ArchitectureTest::file).toList();
        List<String> options = List.of("-proc:none", "-implicit:none", "-cp", "", "-d", out.toString());
        assertThat(compiler.getTask(null, null, null, options, null, files).call())
                .isTrue();
        JavaClasses classes = importer().importPath(out);
        return RULES.entrySet().stream()
                .filter(rule -> rule.getValue().evaluate(classes).hasViolation())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static JavaFileObject file(String source) {
        Matcher name = Pattern.compile("package ([\\w.]+);.*?(?:class|interface) (\\w+)")
                .matcher(source);
        assertThat(name.lookingAt()).isTrue();
        URI uri = URI.create("memory:///" + name.group(1).replace('.', '/') + "/" + name.group(2) + ".java");
        return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }
}
