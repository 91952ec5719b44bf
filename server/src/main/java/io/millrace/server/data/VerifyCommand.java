package io.millrace.server.data;

import io.millrace.base.Check;
import io.millrace.engine.inspect.ShardVerifier;
import io.millrace.server.client.Numbers;
import io.millrace.server.client.Shell;
import io.millrace.server.command.CommandFrame;
import io.millrace.server.process.FailureReason;
import io.millrace.storage.Damage;
import io.millrace.storage.local.RecoveryReport;
import io.millrace.storage.local.StoreInspection;
import io.millrace.storage.local.StoredFile;
import io.millrace.storage.local.StoredFile.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code millrace data verify}. */
@Command(
        name = "verify",
        header = "Check every checksum in a data directory, and that nothing is missing.",
        description = {
            "",
            "Reads every file that a start would need: format, manifests, journal, adopted files, segments and "
                    + "snapshots. Checks their checksums, and that what one says to be in another is there.",
            "",
            "Prints a line for each damaged place, and one for each loss that follows from it:",
            "  damaged  segment-0003-000000000012.dat, offset 4711, 300 bytes: log 17, offset 42: the body fails its "
                    + "checksum",
            "  missing  shard 3: segment 12 cannot be read: ...",
            "  lost     shard 3: log 17, offsets 42 to 44",
            "",
            "The torn end of the journal of a broker that crashed is no damage: nobody was told that it was stored.",
            "",
            "Exit status: 0 all is sound, 1 something is damaged, 2 used wrongly."
        },
        footer = {"  millrace data verify /var/lib/millrace"})
final class VerifyCommand extends DirectoryTool implements ShardVerifier.Listener {
    private static final int LOST_SHOWN_MAX = 10_000;

    private @Nullable StoreInspection inspection;
    private final List<String> lost = new ArrayList<>();
    private int damages;

    VerifyCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(StoreInspection directory) throws IOException {
        inspection = directory;
        try {
            RecoveryReport report = directory.replay(shard -> new ShardVerifier(shard, this), this::onDamage);
            directory.verifyAdopted(this::onDamage);
            directory.verifyUnnamed(this::onDamage);
            lost.forEach(out()::println);
            if (!report.cut().isEmpty()) {
                out().println("cut      " + report.cut() + ": not damage, it was never confirmed");
            }
        } catch (IOException e) {
            return refuse(e);
        }
        for (StoredFile each : directory.files()) {
            if (each.kind() == Kind.QUARANTINE) {
                out().println("aside    " + each.name() + ": set aside when damage was found in it; not looked at");
            }
        }
        String result = damages == 0 ? "no damage" : damages == 1 ? "1 damage" : Numbers.count(damages) + " damages";
        out().println("verified " + Numbers.count(directory.files().size()) + " files, "
                + Numbers.bytes(directory.bytes()) + ": " + result);
        return damages == 0 ? 0 : CommandFrame.FAILED;
    }

    @Override
    int refuse(IOException reason) {
        out().println("damaged  " + FailureReason.of(reason));
        out().println("could not go on: " + (damages + 1) + " damages so far");
        return CommandFrame.FAILED;
    }

    private void onDamage(Damage damage) {
        damages++;
        out().println("damaged  " + damage);
    }

    @Override
    public void onSegmentDamage(int shard, long segment, long offset, long bytes, String what) {
        onDamage(new Damage(
                Check.notNull(inspection, "it is looked at").segmentName(shard, segment), offset, bytes, what));
    }

    @Override
    public void onFault(int shard, String what) {
        damages++;
        out().println("missing  shard " + shard + ": " + what);
    }

    @Override
    public void onLost(int shard, String what) {
        if (lost.size() < LOST_SHOWN_MAX) {
            lost.add("lost     shard " + shard + ": " + what);
        }
    }
}
