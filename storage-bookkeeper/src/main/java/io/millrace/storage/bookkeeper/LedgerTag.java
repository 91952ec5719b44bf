package io.millrace.storage.bookkeeper;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose a ledger is, as its custom metadata: by it a ledger that no node has come to name is found again.
 *
 * @param store the id of the store
 * @param shard the shard
 * @param epoch the epoch of the owner that made it
 * @param kind what for
 */
record LedgerTag(UUID store, int shard, long epoch, LedgerKind kind) {
    private static final String STORE = "millrace.store";
    private static final String SHARD = "millrace.shard";
    private static final String EPOCH = "millrace.epoch";
    private static final String KIND = "millrace.kind";

    Map<String, byte[]> toMetadata() {
        return Map.of(STORE, bytes(store), SHARD, bytes(shard), EPOCH, bytes(epoch), KIND, bytes(kind));
    }

    /** The tag in the metadata of some ledger; null where it is not one of ours. */
    static @Nullable LedgerTag of(Map<String, byte[]> metadata) {
        byte[] store = metadata.get(STORE);
        byte[] shard = metadata.get(SHARD);
        byte[] epoch = metadata.get(EPOCH);
        byte[] kind = metadata.get(KIND);
        if (store == null || shard == null || epoch == null || kind == null) {
            return null;
        }
        try {
            return new LedgerTag(
                    UUID.fromString(text(store)),
                    Integer.parseInt(text(shard)),
                    Long.parseLong(text(epoch)),
                    LedgerKind.valueOf(text(kind)));
        } catch (IllegalArgumentException e) {
            return null; // of somebody who uses our names, or of a later version: not to be touched
        }
    }

    private static byte[] bytes(Object value) {
        return value.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
