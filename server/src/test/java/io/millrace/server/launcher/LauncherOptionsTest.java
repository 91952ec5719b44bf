package io.millrace.server.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.Main;
import io.millrace.server.launcher.LauncherSandbox.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher starts the right Java with the right memory, and passes everything else on as it was. */
class LauncherOptionsTest {
    @TempDir
    Path directory;

    private LauncherSandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = new LauncherSandbox(directory);
    }

    @AfterEach
    void end() {
        sandbox.close();
    }

    @Test
    void argumentsArriveUnchanged() throws Exception {
        Result result = sandbox.run("publish", "a b", "*", "", "'\"$x\\", "--", "--heap", "1g");

        assertThat(result.status()).as(result.errors()).isZero();
        int main = result.output().indexOf(Main.class.getName());
        assertThat(result.output().subList(main + 1, result.output().size() - 1))
                .containsExactly("publish", "a b", "*", "", "'\"$x\\", "--", "--heap", "1g");
    }

    @Test
    void theClassPathIsTheFolderOfTheBuild() throws Exception {
        Result result = sandbox.run("--version");

        String classPath = result.output().get(result.output().indexOf("-cp") + 1);
        assertThat(classPath)
                .startsWith(sandbox.home.resolve(".build") + "/run.")
                .endsWith("/lib/*");
        assertThat(Path.of(classPath).resolveSibling("millrace.jar")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--heap 1g serve", "serve --heap 1g", "serve --heap=1GiB", "--heap=1024m serve"})
    void theHeapIsTakenFromAnywhereAndBoundsBuffersToo(String line) throws Exception {
        Result result = sandbox.run(line.split(" ", -1));

        assertThat(result.output())
                .containsAnyOf("-Xmx1g", "-Xmx1G", "-Xmx1024m")
                .contains("-XX:MaxDirectMemorySize=536870912", "-XX:+ExitOnOutOfMemoryError")
                .noneMatch(argument -> argument.contains("heap"))
                .noneMatch(argument -> argument.contains("RAMPercentage"));
        assertThat(result.output().get(result.output().size() - 2)).isEqualTo("serve");
    }

    @ParameterizedTest
    @CsvSource({
        "1, has no unit",
        "1iB, has no unit",
        "1mb, is not a size",
        "g, is not a size",
        "0g, is not a size",
        "-1g, is not a size",
        "1 g, is not a size"
    })
    void aHeapThatIsNoSizeIsMisuse(String heap, String problem) throws Exception {
        Result result = sandbox.run("serve", "--heap", heap);

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.errors()).startsWith("millrace: --heap: '" + heap + "' " + problem);
        assertThat(sandbox.run("serve", "--heap").status()).isEqualTo(2);
    }

    @Test
    void withoutOptionsTheBrokerGetsAShareOfTheMachine() throws Exception {
        Result result = sandbox.run("serve");

        assertThat(result.output())
                .contains("-XX:MaxRAMPercentage=40", "-XX:MaxDirectMemorySize=" + (8L << 30) / 5)
                .doesNotContain("-XX:TieredStopAtLevel=1");
    }

    @ParameterizedTest
    @CsvSource({
        "0::/a/b, cgroup/a/b/memory.max",
        "0::/a/b, cgroup/a/memory.max",
        "0::/, cgroup/memory.max",
        "0::/not/mounted, cgroup/memory.max",
        "'7:cpu,memory:/a', cgroup/memory/a/memory.limit_in_bytes",
        "'7:memory:/a', cgroup/memory/memory.limit_in_bytes",
    })
    void theLimitOfTheContainerCounts(String group, String file) throws Exception {
        sandbox.write("proc/self/cgroup", "3:cpu:/x\n" + group + "\n");
        sandbox.write(file, "2147483648\n");

        assertThat(sandbox.run("serve").output()).contains("-XX:MaxDirectMemorySize=" + (2L << 30) / 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max", "9223372036854771712"})
    void aContainerWithoutLimitHasTheMachine(String limit) throws Exception {
        sandbox.write("cgroup/memory.max", limit + "\n");

        assertThat(sandbox.run("serve").output()).contains("-XX:MaxDirectMemorySize=" + (8L << 30) / 5);
    }

    @ParameterizedTest
    @CsvSource({
        "MILLRACE_OPTS, -Xmx3g",
        "JAVA_TOOL_OPTIONS, -Dx -XX:MaxRAMPercentage=70",
        "JDK_JAVA_OPTIONS, -XX:MaxHeapSize=1g"
    })
    void theUsersOwnHeapIsLeftAlone(String variable, String options) throws Exception {
        sandbox.environment.put(variable, options);

        assertThat(sandbox.run("serve").output())
                .noneMatch(argument -> argument.equals("-XX:MaxRAMPercentage=40"))
                .noneMatch(argument -> argument.startsWith("-XX:MaxDirectMemorySize"));
        assertThat(sandbox.run("stats").output()).doesNotContain("-Xmx256m");
        assertThat(sandbox.run("stats", "--heap", "2g").output()).contains("-Xmx2g");
    }

    @Test
    void theUsersOptionsComeLastAndAreSplitAtBlanksOnly() throws Exception {
        sandbox.environment.put("MILLRACE_OPTS", "-Da=* -XX:MaxDirectMemorySize=1g");
        sandbox.write("-Da=x", "a file that the option would match as a pattern");

        List<String> output = sandbox.run("serve").output();
        assertThat(output).containsSubsequence("-XX:+ExitOnOutOfMemoryError", "-Da=*", "-XX:MaxDirectMemorySize=1g");
        assertThat(output)
                .filteredOn(argument -> argument.startsWith("-XX:MaxDirect"))
                .hasSize(1);
    }

    @Test
    void shortCommandsStartFastWithASmallHeap() throws Exception {
        assertThat(sandbox.run("queue", "list").output())
                .contains("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:+UseSerialGC");
        assertThat(sandbox.run("--help").output()).contains("-XX:TieredStopAtLevel=1");
        sandbox.environment.put("JAVA_TOOL_OPTIONS", "-XX:+UseZGC");
        assertThat(sandbox.run("queue", "list").output()).doesNotContain("-XX:+UseSerialGC");
    }

    @Test
    void theDemoIsCompiledInFull() throws Exception {
        assertThat(sandbox.run("demo").output()).contains("-Xmx512m").doesNotContain("-XX:TieredStopAtLevel=1");
    }

    @Test
    void newerJavaIsAskedNotToWarn() throws Exception {
        assertThat(sandbox.run("serve").output()).noneMatch(argument -> argument.startsWith("--"));
        sandbox.javaVersion(25);

        assertThat(sandbox.run("serve").output())
                .contains("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }

    @Test
    void anOlderJavaIsRefused() throws Exception {
        sandbox.javaVersion(11);
        Result result = sandbox.run("serve");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors()).contains("is Java 11; Millrace needs 17 or newer");
        assertThat(sandbox.mavenCalls()).isEmpty();
    }

    @Test
    void aJavaWithoutReleaseFileIsAskedForItsVersion() throws Exception {
        Files.delete(sandbox.root.resolve("release"));
        sandbox.java("echo 'Picked up JAVA_TOOL_OPTIONS: -Dx' >&2\necho 'openjdk version \"1.8.0_1\" 2014' >&2\n");
        assertThat(sandbox.run("serve").errors()).contains("is Java 1; Millrace needs 17");

        sandbox.java("echo 'openjdk version \"21-ea\" 2023' >&2\n");
        assertThat(sandbox.run("serve").status()).isZero();
    }

    @Test
    void javaHomeComesBeforeThePath() throws Exception {
        Path other = Files.createDirectories(sandbox.root.resolve("other java/bin"));
        LauncherSandbox.program(other.resolve("java"), "#!/bin/sh\necho other\n");
        Files.writeString(other.resolveSibling("release"), "JAVA_VERSION=\"17\"\n");
        sandbox.environment.put("JAVA_HOME", other.getParent().toString());
        assertThat(sandbox.run("serve").output()).containsExactly("other");

        sandbox.environment.put("JAVA_HOME", "/no/such");
        Result result = sandbox.run("serve");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors()).contains("JAVA_HOME is /no/such, but there is no bin/java in it");
    }

    @Test
    void aMachineWithoutJavaIsToldWhatToInstall() throws Exception {
        Files.delete(sandbox.root.resolve("bin/java"));
        Result result = sandbox.run("serve");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors()).contains("Java is missing: install Java 17 or newer");
    }

    @ParameterizedTest
    @CsvSource({"'', '', C.UTF-8", "'', C, C.UTF-8", "'', de_DE.UTF-8, ''", "POSIX, '', ''"})
    void textIsUtf8UnlessTheUserForbidsIt(String all, String lang, String expected) throws Exception {
        sandbox.environment.put("LC_ALL", all);
        sandbox.environment.put("LANG", lang);

        assertThat(sandbox.run("--version").output()).contains("LC_CTYPE=" + expected);
    }
}
