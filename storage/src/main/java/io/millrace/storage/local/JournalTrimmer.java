package io.millrace.storage.local;

import io.millrace.storage.Extent;
import java.util.Arrays;
import java.util.List;

/**
 * Decides what becomes of old files. When the journal is over its budget, the shards are asked how much lives in the
 * oldest file; where that is half of it or more the file is adopted as it is, else what lives is written elsewhere.
 * When every shard has made a checkpoint behind its end it leaves the journal. Part of the journal's writer.
 */
final class JournalTrimmer {
    private final LocalStore store;
    private final LiveFiles files;
    private final AdoptedFiles adopted;
    private final int filesMax;
    private final int filesBehind;
    private final long[] replayFrom;
    /** The number of the file that the shards were asked about last, and of the one that was decided on. */
    private long asked = -1;

    private long decided = -1;

    JournalTrimmer(LocalStore store, LiveFiles files, AdoptedFiles adopted) {
        this.store = store;
        this.files = files;
        this.adopted = adopted;
        this.filesMax = store.options().journalFilesMax();
        this.filesBehind = store.options().journalFilesBehind();
        this.replayFrom = new long[store.options().shards()];
        Arrays.fill(replayFrom, -1);
    }

    /** Takes over the newest checkpoints of the shards; returns whether there were any. */
    boolean takeCheckpoints() {
        boolean any = false;
        for (int shard = 0; shard < replayFrom.length; shard++) {
            LocalShardLog log = store.log(shard);
            LocalShardLog.Checkpointed newest = log.checkpointed();
            if (newest.equals(log.checkpointTaken)) {
                continue;
            }
            any = true;
            log.checkpointTaken = newest;
            adopted.update(shard, newest.adopted(), files).forEach(store::retire);
            replayFrom[shard] = newest.replayFrom();
        }
        return any;
    }

    /** Asks the shards to leave adopted files in which little lives. */
    void vacateSparse() {
        adopted.takeSparse().forEach(each -> store.log(each.shard()).publishVacate(each.extent()));
    }

    /** Takes files off the journal that no shard replays from; {@code keep} files stay in any case. */
    boolean takeDeadFiles(int keep) {
        boolean any = false;
        for (JournalFile dead = files.takeDead(replayFrom, keep);
                dead != null;
                dead = files.takeDead(replayFrom, keep)) {
            any = true;
            if (adopted.isAdopted(dead)) {
                adopted.leftJournal(dead);
                store.setAside(dead);
            } else {
                store.retire(dead);
            }
        }
        return any;
    }

    /** Has the oldest file given up where there are too many. */
    void giveUpOldest() {
        List<JournalFile> live = files.list();
        store.publishBehind(live.size() > filesBehind);
        // While space is short, all goes that can: what is dead in the files of the journal is room for new messages.
        if (live.size() <= (store.hasSpace() ? filesMax : 1)) {
            return;
        }
        JournalFile oldest = live.get(0);
        if (asked != oldest.number) {
            asked = oldest.number;
            for (int shard = 0; shard < replayFrom.length; shard++) {
                if (isHeldBy(oldest, shard)) {
                    store.log(shard).publishTrimWanted(oldest.endPosition(shard));
                }
            }
            store.postAll();
        } else if (decided != oldest.number) {
            decide(oldest);
        }
    }

    private void decide(JournalFile oldest) {
        long live = 0;
        for (int shard = 0; shard < replayFrom.length; shard++) {
            if (!isHeldBy(oldest, shard)) {
                continue;
            }
            Extent survey = store.log(shard).surveyed();
            if (survey == null || survey.to() < oldest.endPosition(shard)) {
                return; // its answer brings us back
            }
            live += survey.liveBytes();
        }
        boolean adopt = live >= oldest.capacityBytes / 2 && !oldest.isDamaged() && isSelfContained(oldest);
        decided = oldest.number;
        for (int shard = 0; shard < replayFrom.length; shard++) {
            if (isHeldBy(oldest, shard)) {
                store.log(shard).publishTrim(new LocalShardLog.Trim(oldest.endPosition(shard), adopt));
            }
        }
        store.postAll();
    }

    /** Whether what begins in {@code file} and may be needed ends in it: the next file does not stay with it. */
    private boolean isSelfContained(JournalFile file) {
        for (int shard = 0; shard < replayFrom.length; shard++) {
            if (isHeldBy(file, shard) && files.endsInsideRecord(file, shard)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a start would replay records of {@code shard} from {@code file}. */
    private boolean isHeldBy(JournalFile file, int shard) {
        return replayFrom[shard] < file.endPosition(shard);
    }
}
