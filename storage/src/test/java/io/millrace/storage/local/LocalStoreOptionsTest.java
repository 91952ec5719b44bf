package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;

/** A layout that cannot work is refused before anything is written. */
class LocalStoreOptionsTest {
    private static final long FILE_BYTES = 64L << 20;
    private static final int CHUNK_BYTES = 256 << 10;

    @Test
    void theLimitsThemselvesAreAllowed() {
        assertThatNoException().isThrownBy(() -> {
            options(1, 16384, 1, 0, 4096, 0);
            options(1024, (1L << 31) - 4096, 100, Long.MAX_VALUE, 1 << 20, 64);
            options(16, 4L << 20, 1, FILE_BYTES, 1 << 20, 1);
        });
    }

    @Test
    void whatIsOutOfRangeIsRefusedByName() {
        assertRefused("shards", 0, FILE_BYTES, 1, 0, CHUNK_BYTES, 1);
        assertRefused("shards", 1025, FILE_BYTES, 1, 0, CHUNK_BYTES, 1);
        assertRefused("spare files", 16, FILE_BYTES, 0, 0, CHUNK_BYTES, 1);
        assertRefused("groups ahead", 16, FILE_BYTES, 1, 0, CHUNK_BYTES, -1);
        assertRefused("groups ahead", 16, FILE_BYTES, 1, 0, CHUNK_BYTES, 65);
        assertRefused("tail cache", 16, FILE_BYTES, 1, -1, CHUNK_BYTES, 1);
        assertRefused("journal file", 16, FILE_BYTES + 1, 1, 0, CHUNK_BYTES, 1);
        assertRefused("journal file", 16, 1L << 31, 1, 0, CHUNK_BYTES, 1);
        assertRefused("journal file", 16, 4L * CHUNK_BYTES - 4096, 1, 0, CHUNK_BYTES, 1);
        assertRefused("journal file", 16, 0, 1, 0, CHUNK_BYTES, 1);
        assertRefused("journal file", 16, -4096, 1, 0, CHUNK_BYTES, 1);
        assertRefused("chunk", 16, FILE_BYTES, 1, 0, 4095, 1);
        assertRefused("chunk", 16, FILE_BYTES, 1, 0, (1 << 20) + 1, 1);
        assertRefused("too small", 300, 16384, 1, 0, 4096, 1);
    }

    private static void assertRefused(
            String name, int shards, long fileBytes, int spareFiles, long tailBytes, int chunkBytes, int ahead) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(shards, fileBytes, spareFiles, tailBytes, chunkBytes, ahead))
                .withMessageContaining(name);
    }

    private static void options(
            int shards, long fileBytes, int spareFiles, long tailBytes, int chunkBytes, int groupsAhead) {
        new LocalStoreOptions(shards, fileBytes, spareFiles, tailBytes, chunkBytes, groupsAhead, 0);
    }
}
