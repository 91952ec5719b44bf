package io.millrace.server.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.launcher.LauncherSandbox.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher builds when and only when it must, once at a time, and never under the feet of what runs. */
class LauncherBuildTest {
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
    void theFirstStartBuildsAndTheSecondDoesNot() throws Exception {
        Result first = sandbox.run("--version");
        Result second = sandbox.run("--version");

        assertThat(first.errors()).isEqualTo("millrace: building Millrace, first time: about a minute\n");
        assertThat(second.errors()).isEmpty();
        assertThat(second.output()).isEqualTo(first.output());
        assertThat(sandbox.mavenCalls())
                .singleElement()
                .asString()
                .contains("-pl server -am")
                .endsWith("package");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pom.xml", "server/pom.xml", "base/src/main/java/A.java", "server/src/main/java"})
    void aChangedSourceIsBuilt(String changed) throws Exception {
        sandbox.run("--version");
        touch(changed);
        Result result = sandbox.run("--version");

        assertThat(result.errors()).isEqualTo("millrace: building Millrace, sources have changed\n");
        assertThat(sandbox.mavenCalls()).hasSize(2);
    }

    @Test
    void aDeletedSourceIsAChange() throws Exception {
        sandbox.run("--version");
        Files.delete(sandbox.home.resolve("base/src/main/java/A.java"));
        sandbox.run("--version");

        assertThat(sandbox.mavenCalls()).hasSize(2);
    }

    @Test
    void aTestOrADocumentIsNoSource() throws Exception {
        sandbox.write("home/base/src/test/java/ATest.java", "");
        sandbox.write("home/README.md", "");
        sandbox.run("--version");
        touch("base/src/test/java/ATest.java");
        touch("README.md");
        sandbox.run("--version");

        assertThat(sandbox.mavenCalls()).hasSize(1);
    }

    @Test
    void whatChangesDuringABuildIsBuiltNextTime() throws Exception {
        sandbox.mavenThatWaits("gate");
        Process building = sandbox.start("--version");
        await().until(() -> !sandbox.mavenCalls().isEmpty());
        sandbox.write("home/base/src/main/java/A.java", "class A {}");
        sandbox.release("gate");
        sandbox.finish(building);
        sandbox.maven("mkdir -p server/target/millrace/lib\n");
        sandbox.run("--version");

        assertThat(sandbox.mavenCalls()).hasSize(2);
    }

    @Test
    void theCheckIsOneFind() throws Exception {
        sandbox.run("--version");
        Path find = sandbox.root.resolve("bin/find");
        Path real = LauncherSandbox.which("find");
        LauncherSandbox.program(find, "#!/bin/sh\necho find >>\"$SANDBOX/find.log\"\nexec " + real + " \"$@\"\n");
        sandbox.run("--version");

        assertThat(Files.readAllLines(sandbox.root.resolve("find.log"))).hasSize(1);
    }

    @Test
    void twoStartsAtATimeBuildOnce() throws Exception {
        sandbox.mavenThatWaits("gate");
        Process first = sandbox.start("--version");
        await().until(() -> !sandbox.mavenCalls().isEmpty());
        Process second = sandbox.start("--version");
        await().until(() -> sandbox.errors(second).contains("waiting for another start, which is building"));
        sandbox.release("gate");

        List<String> output = sandbox.finish(first).output();
        assertThat(output).isNotEmpty();
        assertThat(sandbox.finish(second).output()).isEqualTo(output);
        assertThat(sandbox.mavenCalls()).hasSize(1);
    }

    @Test
    void aFailedBuildShowsItsEndAndIsTriedAgain() throws Exception {
        sandbox.maven(
                "for i in 1 2 3 4 5 6 7 8 9; do echo \"[INFO] $i\"; done; echo '[ERROR] no such class'; exit 1\n");
        Result result = sandbox.run("serve");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.output()).isEmpty();
        assertThat(result.errors())
                .contains("[INFO] 9\n[ERROR] no such class\n", "the build failed", sandbox.home + "/.build/log");
        assertThat(sandbox.builds()).isEmpty();
        assertThat(sandbox.run("serve").status()).isEqualTo(1);
        assertThat(sandbox.mavenCalls()).hasSize(2);
    }

    @Test
    void anInterruptedBuildIsEndedAndLeavesNothing() throws Exception {
        sandbox.mavenThatWaits("gate");
        Process building = sandbox.start("serve");
        await().until(() -> !sandbox.mavenCalls().isEmpty());
        List<ProcessHandle> children = building.descendants().toList();
        building.toHandle().destroy();

        assertThat(sandbox.finish(building).status()).isEqualTo(130);
        assertThat(sandbox.builds()).isEmpty();
        children.forEach(child -> child.onExit().join());
    }

    @Test
    void theJarsOfARunningMillraceStayUntilItEnds() throws Exception {
        sandbox.run("--version");
        Path used = sandbox.builds().get(0);
        sandbox.makeFifo("gate");
        sandbox.java("echo running; read -r line <\"$SANDBOX/gate\"\n");
        Process running = sandbox.start("serve");
        running.inputReader().readLine();
        sandbox.java("exit 0\n");
        rebuild(3);
        assertThat(used.resolve("lib/millrace.jar")).exists();
        assertThat(sandbox.builds()).hasSize(3);

        sandbox.release("gate");
        running.onExit().join();
        rebuild(1);
        assertThat(used).doesNotExist();
        assertThat(sandbox.builds()).hasSize(2);
    }

    @Test
    void aMachineWithoutMavenIsToldWhatToInstall() throws Exception {
        Files.delete(sandbox.root.resolve("bin/mvn"));
        Result result = sandbox.run("serve");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors()).contains("Maven is missing");
    }

    @Test
    void anArchiveRunsWithoutMavenAndSources() throws Exception {
        Path archive =
                Files.createDirectories(sandbox.root.resolve("an archive/lib")).getParent();
        Files.copy(sandbox.home.resolve("millrace"), archive.resolve("millrace"));
        LauncherSandbox.program(archive.resolve("millrace"), Files.readString(archive.resolve("millrace")));
        Files.delete(sandbox.root.resolve("bin/mvn"));
        Result result = sandbox.run(archive.resolve("millrace"), "serve");

        assertThat(result.status()).as(result.errors()).isZero();
        assertThat(result.output()).containsSubsequence("-cp", archive.resolve("lib") + "/*");
        assertThat(archive.resolve(".build")).doesNotExist();
    }

    @Test
    void aLinkLeadsToWhereMillraceIs() throws Exception {
        Path link = Files.createSymbolicLink(
                Files.createDirectory(sandbox.root.resolve("links")).resolve("mr"), Path.of("../home/millrace"));

        assertThat(sandbox.run(link, "serve").output())
                .anyMatch(argument -> argument.startsWith(sandbox.home + "/.build/"));
    }

    @Test
    void theHomeCanBeNamed() throws Exception {
        Path lib = Files.createDirectories(sandbox.root.resolve("elsewhere/lib"));
        sandbox.environment.put("MILLRACE_HOME", lib.getParent().toString());
        assertThat(sandbox.run("serve").output()).contains(lib + "/*");

        sandbox.environment.put("MILLRACE_HOME", "/no/such");
        Result result = sandbox.run("serve");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors()).contains("there are neither sources nor jars in /no/such");
    }

    private void rebuild(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            touch("pom.xml");
            assertThat(sandbox.run("--version").status()).isZero();
            Files.setLastModifiedTime(
                    sandbox.home.resolve("pom.xml"), FileTime.from(Instant.now().minusSeconds(60)));
        }
    }

    private void touch(String path) throws Exception {
        Files.setLastModifiedTime(
                sandbox.home.resolve(path), FileTime.from(Instant.now().plusSeconds(60)));
    }
}
