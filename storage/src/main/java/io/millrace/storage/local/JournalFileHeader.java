package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.FILE_CRC_AT;
import static io.millrace.storage.local.JournalFormat.FILE_CREATED_AT;
import static io.millrace.storage.local.JournalFormat.FILE_FIRST_SEQUENCE_AT;
import static io.millrace.storage.local.JournalFormat.FILE_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.FILE_MAGIC;
import static io.millrace.storage.local.JournalFormat.FILE_MAGIC_AT;
import static io.millrace.storage.local.JournalFormat.FILE_NUMBER_AT;
import static io.millrace.storage.local.JournalFormat.FILE_OLDEST_AT;
import static io.millrace.storage.local.JournalFormat.FILE_STORE_HIGH_AT;
import static io.millrace.storage.local.JournalFormat.FILE_STORE_LOW_AT;
import static io.millrace.storage.local.JournalFormat.FILE_VERSION;
import static io.millrace.storage.local.JournalFormat.FILE_VERSION_AT;

import io.millrace.base.Crc32c;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The header of a journal file.
 *
 * @param storeIdHigh first half of the id of the store that the file belongs to
 * @param storeIdLow second half of it
 * @param number the number of the file, never used twice in a store
 * @param firstSequence the sequence of the file's first group; groups of older files from it on are void
 * @param oldestNumber the number of the oldest file in use when it was written; those below are dead for ever
 * @param createdMillis when the header was written, epoch milliseconds
 */
record JournalFileHeader(
        long storeIdHigh, long storeIdLow, long number, long firstSequence, long oldestNumber, long createdMillis) {

    /** What the checksums of the file's groups and frames begin with; differs between files, and between stores. */
    long seal() {
        return seal(storeIdHigh, storeIdLow, number);
    }

    static long seal(long storeIdHigh, long storeIdLow, long number) {
        return storeIdHigh ^ storeIdLow ^ number;
    }

    /**
     * Reads the header at the start of {@code block}; null where there is none of file {@code number}. Refuses one of a
     * version that it does not know; {@code place} names the file.
     */
    static @Nullable JournalFileHeader read(ByteBuffer block, long number, String place) throws IOException {
        if (block.limit() < FILE_HEADER_BYTES
                || block.getLong(FILE_MAGIC_AT) != FILE_MAGIC
                || block.getInt(FILE_CRC_AT)
                        != new Crc32c().of(block, FILE_VERSION_AT, FILE_HEADER_BYTES - FILE_VERSION_AT)
                || block.getLong(FILE_NUMBER_AT) != number) {
            return null;
        }
        int version = block.getInt(FILE_VERSION_AT);
        if (version != FILE_VERSION) {
            throw new IOException(place + ": the journal file has format " + version + ", this Millrace reads format "
                    + FILE_VERSION + "; use the version that wrote it");
        }
        return new JournalFileHeader(
                block.getLong(FILE_STORE_HIGH_AT),
                block.getLong(FILE_STORE_LOW_AT),
                number,
                block.getLong(FILE_FIRST_SEQUENCE_AT),
                block.getLong(FILE_OLDEST_AT),
                block.getLong(FILE_CREATED_AT));
    }
}
