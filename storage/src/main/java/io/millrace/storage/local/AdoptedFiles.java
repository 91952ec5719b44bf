package io.millrace.storage.local;

import io.millrace.base.Check;
import io.millrace.storage.Extent;
import io.millrace.storage.local.ManifestFile.AdoptedExtent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The extents that shards have adopted, and the journal files that they lie in. A file may still be part of the journal
 * while some shards have adopted their part already; when it leaves the journal it stays for as long as one of them
 * needs it.
 *
 * <p>Changed by the journal's writer (by recovery before it); extents are found by any thread. Of the files outside of
 * the journal, the places of so many frames are kept in memory, those of the files read last.
 */
final class AdoptedFiles {
    /** Frames whose places are kept in memory, 12 bytes each. */
    private static final long FRAMES_KNOWN_MAX = 1 << 20;

    private final List<ConcurrentSkipListMap<Long, Adopted>> byShard = new ArrayList<>();
    /** Of each file with extents how many there are, and how much lives in them. */
    private final Map<JournalFile, Use> uses = new HashMap<>();
    /** Files that have left the journal. */
    private final Set<JournalFile> outside = ConcurrentHashMap.newKeySet();
    /** Files in which less may live than when they were looked at last. */
    private final Set<JournalFile> changed = new HashSet<>();
    /** Files whose shards were asked to leave. */
    private final Set<JournalFile> vacating = new HashSet<>();

    /** Files outside of the journal and how many of their frames are known, the one used longest ago first. */
    private final LinkedHashMap<JournalFile, Long> framesKnown = new LinkedHashMap<>(16, 0.75f, true);

    private final long framesKnownMax;
    private long framesKnownTotal;

    private record Adopted(Extent extent, JournalFile file) {}

    private static final class Use {
        int extents;
        long liveBytes;
    }

    /** An extent whose shard is to leave it. */
    record Vacated(int shard, Extent extent) {}

    AdoptedFiles(int shards) {
        this(shards, FRAMES_KNOWN_MAX);
    }

    /** The same with another bound for the frames in memory. */
    AdoptedFiles(int shards, long framesKnownMax) {
        this.framesKnownMax = framesKnownMax;
        for (int shard = 0; shard < shards; shard++) {
            byShard.add(new ConcurrentSkipListMap<>());
        }
    }

    /** Recovery has found that {@code file} holds this extent of {@code shard}. */
    void add(int shard, Extent extent, JournalFile file) {
        put(shard, extent, file);
        count(file, 1, extent.liveBytes());
    }

    private void put(int shard, Extent extent, JournalFile file) {
        byShard.get(shard).put(extent.from(), new Adopted(extent, file));
    }

    /** Notes that {@code file}, some of which is adopted, is not part of the journal any more. */
    void leftJournal(JournalFile file) {
        outside.add(file);
        changed.add(file);
        noteFrames(file);
    }

    boolean isAdopted(JournalFile file) {
        return uses.containsKey(file);
    }

    /**
     * Takes over what {@code shard} has adopted by its newest checkpoint; new ones lie in files of {@code live}.
     * Returns the files outside of the journal that nobody needs any more.
     */
    List<JournalFile> update(int shard, List<Extent> extents, LiveFiles live) {
        ConcurrentSkipListMap<Long, Adopted> known = byShard.get(shard);
        List<Adopted> before = List.copyOf(known.values());
        Set<Long> kept = new HashSet<>();
        for (Extent each : extents) {
            JournalFile file = fileOf(shard, each, live);
            put(shard, each, file);
            kept.add(each.from());
            count(file, 1, each.liveBytes());
        }
        List<JournalFile> free = new ArrayList<>();
        for (Adopted each : before) {
            if (!kept.contains(each.extent.from())) {
                known.remove(each.extent.from());
            }
            if (count(each.file, -1, -each.extent.liveBytes()) && outside.remove(each.file)) {
                free.add(each.file);
            }
        }
        return free;
    }

    /** Adjusts the use of {@code file}; returns whether it has no extents any more. */
    private boolean count(JournalFile file, int extents, long liveBytes) {
        Use use = uses.computeIfAbsent(file, any -> new Use());
        use.extents += extents;
        use.liveBytes += liveBytes;
        changed.add(file);
        if (use.extents == 0) {
            uses.remove(file);
            changed.remove(file);
            vacating.remove(file);
        }
        return use.extents == 0;
    }

    /** The extents in files outside of the journal in which less than half still lives; each is returned once. */
    List<Vacated> takeSparse() {
        Set<JournalFile> chosen = new HashSet<>();
        for (JournalFile file : changed) {
            Use use = Check.notNull(uses.get(file), "only files with extents change");
            if (outside.contains(file) && use.liveBytes < file.capacityBytes / 2 && vacating.add(file)) {
                chosen.add(file);
            }
        }
        changed.clear();
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

    /** The extents of {@code shard} with the numbers of their files, for its manifest. Any thread. */
    List<AdoptedExtent> withFiles(int shard, List<Extent> extents, LiveFiles live) {
        return extents.stream()
                .map(each -> new AdoptedExtent(fileOf(shard, each, live).number, each))
                .toList();
    }

    private JournalFile fileOf(int shard, Extent extent, LiveFiles live) {
        JournalFile found = find(shard, extent.from());
        if (found == null) {
            found = live.find(shard, extent.from());
        }
        if (found == null) {
            // The writer notes an extent here before it takes the file off the journal.
            found = find(shard, extent.from());
        }
        JournalFile file = Check.notNull(found, "what is adopted lies somewhere");
        Check.that(
                extent.to() <= file.endPosition(shard),
                "an extent up to %d does not lie in one file, its file ends at %d",
                extent.to(),
                file.endPosition(shard));
        return file;
    }

    private @Nullable JournalFile find(int shard, long position) {
        Map.Entry<Long, Adopted> found = byShard.get(shard).floorEntry(position);
        return found == null || found.getValue().extent.to() <= position ? null : found.getValue().file;
    }

    /** The file that holds position {@code position} of {@code shard}, acquired for reading; null where none does. */
    @Nullable
    JournalFile acquire(int shard, long position) {
        JournalFile found = find(shard, position);
        return found != null && found.acquire() ? found : null;
    }

    /** Notes that the frames of {@code file} were used, and has those forgotten that were used long ago. Any thread. */
    void noteFrames(JournalFile file) {
        long count = file.framesKnown();
        synchronized (framesKnown) {
            Long before = framesKnown.put(file, count);
            framesKnownTotal += count - (before == null ? 0 : before);
            Iterator<Map.Entry<JournalFile, Long>> oldest =
                    framesKnown.entrySet().iterator();
            while (framesKnownTotal > framesKnownMax && framesKnown.size() > 1) {
                Map.Entry<JournalFile, Long> each = oldest.next();
                framesKnownTotal -= each.getValue();
                each.getKey().forgetFrames();
                oldest.remove();
            }
        }
        if (file.isRetired()) {
            forget(file);
        }
    }

    /** Forgets the frames of {@code file}, which is retired. Any thread. */
    void forget(JournalFile file) {
        synchronized (framesKnown) {
            Long count = framesKnown.remove(file);
            framesKnownTotal -= count == null ? 0 : count;
        }
    }

    /** Frames whose places are in memory for files outside of the journal. */
    long framesKnown() {
        synchronized (framesKnown) {
            return framesKnownTotal;
        }
    }

    /** The files outside of the journal, the oldest first. Any thread. */
    List<JournalFile> files() {
        return outside.stream()
                .sorted(Comparator.comparingLong(file -> file.number))
                .toList();
    }
}
