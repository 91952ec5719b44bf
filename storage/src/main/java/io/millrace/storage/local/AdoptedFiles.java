package io.millrace.storage.local;

import io.millrace.base.Check;
import io.millrace.storage.Extent;
import io.millrace.storage.local.ManifestFile.AdoptedExtent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The extents that shards have adopted, and the journal files that they lie in. A file may still be part of the journal
 * while some shards have adopted their part already; when it leaves the journal it stays for as long as one of them
 * needs it.
 *
 * <p>Changed by the journal's writer (by recovery before it); extents are found by any thread.
 */
final class AdoptedFiles {
    /** Frames whose places are kept in memory, 12 bytes each. */
    private static final long FRAMES_KNOWN_MAX = 1 << 20;

    private final List<ConcurrentSkipListMap<Long, Adopted>> byShard = new ArrayList<>();
    /** How many shards have an extent in a file. */
    private final Map<JournalFile, Integer> adopters = new HashMap<>();
    /** Files that have left the journal. */
    private final Set<JournalFile> outside = new HashSet<>();
    /** Files whose shards were asked to leave. */
    private final Set<JournalFile> vacating = new HashSet<>();

    /** Files whose frames are known, the one used longest ago first. */
    private final Map<JournalFile, Boolean> framesUsed = new LinkedHashMap<>(16, 0.75f, true);

    private record Adopted(Extent extent, JournalFile file) {}

    /** An extent whose shard is to leave it. */
    record Vacated(int shard, Extent extent) {}

    AdoptedFiles(int shards) {
        for (int shard = 0; shard < shards; shard++) {
            byShard.add(new ConcurrentSkipListMap<>());
        }
    }

    /** Recovery has found that {@code file} holds this extent of {@code shard}. */
    void add(int shard, Extent extent, JournalFile file) {
        byShard.get(shard).put(extent.from(), new Adopted(extent, file));
        adopters.merge(file, 1, Integer::sum);
    }

    /** Notes that {@code file}, some of which is adopted, is not part of the journal any more. */
    void leftJournal(JournalFile file) {
        outside.add(file);
        keepFrames(file);
    }

    boolean isAdopted(JournalFile file) {
        return adopters.containsKey(file);
    }

    /**
     * Takes over what {@code shard} has adopted by its newest checkpoint; new ones lie in files of {@code live}.
     * Returns the files outside of the journal that nobody needs any more.
     */
    List<JournalFile> update(int shard, List<Extent> extents, LiveFiles live) {
        ConcurrentSkipListMap<Long, Adopted> known = byShard.get(shard);
        Set<Long> kept = new HashSet<>();
        for (Extent each : extents) {
            kept.add(each.from());
            Adopted before = known.get(each.from());
            if (before != null) {
                known.put(each.from(), new Adopted(each, before.file));
            } else {
                add(shard, each, fileOf(shard, each, live));
            }
        }
        List<JournalFile> free = new ArrayList<>();
        for (Adopted each : List.copyOf(known.values())) {
            if (!kept.contains(each.extent.from())) {
                known.remove(each.extent.from());
                dropAdopter(each.file, free);
            }
        }
        return free;
    }

    private void dropAdopter(JournalFile file, List<JournalFile> free) {
        Integer left = adopters.merge(file, -1, (a, b) -> a + b == 0 ? null : a + b);
        if (left == null) {
            vacating.remove(file);
            synchronized (framesUsed) {
                framesUsed.remove(file);
            }
            if (outside.remove(file)) {
                free.add(file);
            }
        }
    }

    /** The extents in files outside of the journal in which less than half still lives; each is returned once. */
    List<Vacated> sparse() {
        Map<JournalFile, Long> live = new HashMap<>();
        for (ConcurrentSkipListMap<Long, Adopted> each : byShard) {
            each.values().forEach(adopted -> live.merge(adopted.file, adopted.extent.liveBytes(), Long::sum));
        }
        Set<JournalFile> chosen = new HashSet<>();
        live.forEach((file, bytes) -> {
            if (bytes < file.capacityBytes / 2 && outside.contains(file) && vacating.add(file)) {
                chosen.add(file);
            }
        });
        List<Vacated> sparse = new ArrayList<>();
        for (int shard = 0; shard < byShard.size() && !chosen.isEmpty(); shard++) {
            for (Adopted each : byShard.get(shard).values()) {
                if (chosen.contains(each.file)) {
                    sparse.add(new Vacated(shard, each.extent));
                }
            }
        }
        return sparse;
    }

    /** The extents of {@code shard} with the numbers of their files, for its manifest. */
    static List<AdoptedExtent> withFiles(int shard, List<Extent> extents, LiveFiles live, AdoptedFiles known) {
        return extents.stream()
                .map(each -> new AdoptedExtent(known.fileOf(shard, each, live).number, each))
                .toList();
    }

    private JournalFile fileOf(int shard, Extent extent, LiveFiles live) {
        Adopted before = byShard.get(shard).get(extent.from());
        JournalFile found = before != null ? before.file : live.find(shard, extent.from());
        // The writer notes an extent here before it takes the file off the journal.
        return found != null
                ? found
                : Check.notNull(byShard.get(shard).get(extent.from()), "what is adopted lies somewhere").file;
    }

    /** The file that holds position {@code position} of {@code shard}, acquired for reading; null where none does. */
    @Nullable
    JournalFile acquire(int shard, long position) {
        Map.Entry<Long, Adopted> found = byShard.get(shard).floorEntry(position);
        if (found == null || found.getValue().extent.to() <= position) {
            return null;
        }
        JournalFile file = found.getValue().file;
        if (!file.acquire()) {
            return null;
        }
        keepFrames(file);
        return file;
    }

    /** Notes that the frames of {@code file} are about to be used, and has those forgotten that were used long ago. */
    private void keepFrames(JournalFile file) {
        synchronized (framesUsed) {
            framesUsed.put(file, Boolean.TRUE);
            long frames = 0;
            for (JournalFile each : framesUsed.keySet()) {
                frames += each.framesKnown();
            }
            Iterator<JournalFile> oldest = framesUsed.keySet().iterator();
            while (frames > FRAMES_KNOWN_MAX && framesUsed.size() > 1) {
                JournalFile each = oldest.next();
                frames -= each.framesKnown();
                each.forgetFrames();
                oldest.remove();
            }
        }
    }

    /** The files outside of the journal. */
    List<JournalFile> files() {
        return List.copyOf(outside);
    }
}
