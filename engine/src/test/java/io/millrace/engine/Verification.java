package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.FileSystem;
import io.millrace.engine.inspect.ShardVerifier;
import io.millrace.storage.local.StoreInspection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What verifying a directory says, as {@code millrace data verify} does it. */
final class Verification implements ShardVerifier.Listener {
    private final StoreInspection inspection;
    private final List<String> damages = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();

    private Verification(StoreInspection inspection) {
        this.inspection = inspection;
    }

    /** The damage in the directory of {@link SimulatedProcess}, each with the name of its file. */
    static List<String> damages(FileSystem disk) {
        try (StoreInspection inspection = new StoreInspection(SimulatedProcess.DIRECTORY, disk, bytes -> {})) {
            Verification verification = new Verification(inspection);
            try {
                inspection.replay(
                        shard -> new ShardVerifier(shard, verification),
                        each -> verification.damages.add(each.toString()));
                inspection.verifyAdopted(each -> verification.damages.add(each.toString()));
                inspection.verifyUnnamed(each -> verification.damages.add(each.toString()));
            } catch (IOException e) {
                verification.damages.add(String.valueOf(e.getMessage()));
            }
            assertThat(verification.lost.isEmpty() || !verification.damages.isEmpty())
                    .as("what is lost was damaged: %s", verification.lost)
                    .isTrue();
            return verification.damages;
        } catch (IOException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void onSegmentDamage(int shard, long segment, long offset, long bytes, String what) {
        damages.add(inspection.segmentName(shard, segment) + ": " + what);
    }

    @Override
    public void onFault(int shard, String what) {
        damages.add(what);
    }

    @Override
    public void onLost(int shard, String what) {
        lost.add(what);
    }
}
