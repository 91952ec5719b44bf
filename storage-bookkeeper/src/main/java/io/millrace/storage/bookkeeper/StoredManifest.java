package io.millrace.storage.bookkeeper;

import org.jspecify.annotations.Nullable;

/**
 * Where a shard's manifest is: in its node, or in a ledger where it would make the node too large.
 *
 * @param inline the manifest itself; null where it is in a ledger
 * @param ledger the ledger; {@link #NO_LEDGER} where it is in the node
 * @param bytes the length of the manifest
 */
record StoredManifest(byte @Nullable [] inline, long ledger, int bytes) {
    static final long NO_LEDGER = -1;

    static StoredManifest inline(byte[] manifest) {
        return new StoredManifest(manifest, NO_LEDGER, manifest.length);
    }
}
