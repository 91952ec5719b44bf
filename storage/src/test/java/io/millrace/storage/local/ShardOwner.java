package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Extent;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLogListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The owner of a shard in one process: keeps what is replayed to it, and what it is told. */
final class ShardOwner implements Replay, ShardLogListener {
    final List<Replayed> replayed = new ArrayList<>();
    final List<Lost> lost = new ArrayList<>();
    final List<Long> syncedTold = new ArrayList<>();
    final List<Long> trimsWanted = new ArrayList<>();
    final List<Boolean> trims = new ArrayList<>();
    final List<Extent> vacated = new ArrayList<>();
    final List<byte[]> manifests = new ArrayList<>();
    final List<IOException> failures = new ArrayList<>();
    /** Told of each report of synced records as well. */
    LongConsumer onSyncedTold = position -> {};

    /** Looks after what is old; null where nobody does. */
    Survivors survivors;

    final List<Boolean> spaceTold = new ArrayList<>();

    /** A record as it was replayed. */
    record Replayed(long position, byte[] record) {}

    /** Records that were reported as lost. */
    record Lost(long from, long to, String reason) {}

    @Override
    public void onRecord(long position, ByteBuf record) {
        replayed.add(new Replayed(position, ByteBufUtil.getBytes(record)));
    }

    @Override
    public void onLost(long from, long to, String reason) {
        lost.add(new Lost(from, to, reason));
    }

    @Override
    public void onSynced(long position) {
        assertThat(failures)
                .as("failures before records are reported as synced")
                .isEmpty();
        onSyncedTold.accept(position);
        syncedTold.add(position);
    }

    @Override
    public void onFailed(IOException cause) {
        assertThat(failures).as("failures told before").isEmpty();
        failures.add(cause);
    }

    @Override
    public void onTrimWanted(long position) {
        trimsWanted.add(position);
        if (survivors != null) {
            survivors.onTrimWanted(position);
        }
    }

    @Override
    public void onTrim(long position, boolean adopt) {
        trims.add(adopt);
        if (survivors != null) {
            survivors.onTrim(position, adopt);
        }
    }

    @Override
    public void onVacate(Extent adopted) {
        vacated.add(adopted);
        if (survivors != null) {
            survivors.onVacate(adopted);
        }
    }

    @Override
    public void onManifest(byte[] manifest, SegmentStore segments) throws IOException {
        manifests.add(manifest);
        if (survivors != null) {
            survivors.onManifest(manifest, segments);
        }
    }

    @Override
    public void onSpaceChanged(boolean hasSpace) {
        spaceTold.add(hasSpace);
    }

    /** Up to where the log was reported as synced; 0 before the first report. */
    long synced() {
        return syncedTold.isEmpty() ? 0 : syncedTold.get(syncedTold.size() - 1);
    }

    List<byte[]> records() {
        return replayed.stream().map(Replayed::record).toList();
    }
}
