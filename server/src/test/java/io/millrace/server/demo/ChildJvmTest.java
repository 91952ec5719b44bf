package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmTest {
    @TempDir
    Path directory;

    /** Else a broker that is killed leaves what its libraries have unpacked among the files of others. */
    @Test
    void whatItsLibrariesUnpackIsBesideItsLog() throws Exception {
        try (ChildJvm child =
                        ChildJvm.start(Child.class.getName(), directory.resolve("log"), List.of("-Xmx32m"), List.of());
                BufferedReader output = child.output()) {
            assertThat(output.readLine()).isEqualTo(directory.toString());
        }
    }

    /** Prints where temporary files go. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            System.out.println(System.getProperty("java.io.tmpdir"));
        }
    }
}
