package io.millrace.conformance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java of this test, for processes that live for seconds: the second compiler would cost more than it brings. */
final class QuickJvm {
    private QuickJvm() {}

    /**
     * A command to begin with; options that follow may say otherwise. What its libraries unpack goes to {@code folder}:
     * a process that is killed leaves it there.
     */
    static List<String> command(Path folder) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + folder));
    }
}
