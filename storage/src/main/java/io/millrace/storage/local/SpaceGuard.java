package io.millrace.storage.local;

import io.millrace.base.ByteSize;
import io.millrace.base.Clock;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.storage.StoreSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides, alone, whether a store takes new messages: not while the journal waits for a file that the disk has no room
 * for, not while what lives in old files cannot be moved, not while the disk has less left than
 * {@link SpaceLimits#freeBytesMin}, and not while the directory has so much that what is kept for acknowledgements and
 * for moving would not fit below {@link SpaceLimits#bytesMax}. The last two end some way from where they began, so that
 * a file more or less does not turn them back and forth.
 *
 * <p>It looks when files come, grow and go, and from time to time, because nobody says what others write and remove;
 * more often while messages are refused. {@link #review}, {@link #journalWaits}, {@link #movingLacksRoom} and
 * {@link #mayPrepare} are for one thread, the file keeper's (before it, the one that opens the store); the rest is for
 * any.
 */
final class SpaceGuard {
    private static final Logger LOG = LoggerFactory.getLogger(SpaceGuard.class);
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long REFUSING_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private final SpaceLimits limits;
    private final long fileBytes;
    private final long publishBytesMax;
    private final long publishBytesResumed;
    private final long freeBytesMin;
    private final long freeBytesResumed;
    private final CountedFileSystem files;
    private final Path directory;
    private final Clock clock;
    private final Runnable wake;
    private final AtomicBoolean changed = new AtomicBoolean();
    /** Of each shard whose last work on segments or checkpoints has failed, why. */
    private final Map<Integer, IOException> stuck = new ConcurrentSkipListMap<>();

    private volatile StoreSpace report = new StoreSpace(0, Long.MAX_VALUE, "", false);
    private volatile boolean refusing;
    private volatile boolean journalBehind;

    private long usableBytes = Long.MAX_VALUE;
    private long nextCheckNanos;
    private @Nullable Shortage shortage;
    private boolean journalWaits;
    private boolean diskShort;
    private boolean movingLacksRoom;
    private boolean directoryFull;
    private boolean overLimit;
    private boolean blind;

    /** What may be short, the worst first. */
    private enum Shortage {
        JOURNAL,
        MOVING,
        DISK,
        DIRECTORY
    }

    /** Looks for the first time; {@code wake} has {@link #review} called soon. */
    SpaceGuard(LocalStoreOptions options, CountedFileSystem files, Path directory, Clock clock, Runnable wake) {
        this.limits = options.limits();
        this.fileBytes = options.fileBytes();
        this.publishBytesMax = limits.bytesMax() - SpaceLimits.reserveBytes(fileBytes, limits.unsyncedBytesMax());
        this.publishBytesResumed = publishBytesMax - fileBytes / 2;
        // With less, the next journal file would find no room, and neither would what lets old ones go.
        this.freeBytesMin = Math.max(limits.freeBytesMin(), fileBytes);
        this.freeBytesResumed = freeBytesMin + Math.max(fileBytes / 2, freeBytesMin / 4);
        this.files = files;
        this.directory = directory;
        this.clock = clock;
        this.wake = wake;
        look(false);
        setNextCheck();
        files.whenChanged(this::noteChange);
    }

    private void noteChange() {
        if (!changed.getAndSet(true)) {
            wake.run();
        }
    }

    /** Has what is left be measured again: somebody else has written much. */
    void lookSoon() {
        noteChange();
    }

    /** How things stand. */
    StoreSpace report() {
        return report;
    }

    /** Whether new messages are taken. */
    boolean hasRoom() {
        return !refusing;
    }

    /** Whether the disk has no room for the next journal file: found out by trying. */
    void journalWaits(boolean waits) {
        if (journalWaits != waits) {
            journalWaits = waits;
            changed.set(true);
        }
    }

    /** Whether the journal has so many files that new messages wait until the oldest has left. */
    void journalBehind(boolean behind) {
        if (journalBehind != behind) {
            journalBehind = behind;
            noteChange();
        }
    }

    /** What {@code shard} has tried in order to let old files go has failed; it tries again. */
    void movingFailed(int shard, IOException reason) {
        stuck.put(shard, reason);
        noteChange();
    }

    /** A checkpoint of {@code shard} is stored. */
    void moved(int shard) {
        if (stuck.remove(shard) != null) {
            noteChange();
        }
    }

    /** Whether old files stay because what lets them go finds no room. */
    boolean movingLacksRoom() {
        return movingLacksRoom;
    }

    /** Whether it is worth to try: each attempt writes until the disk is full, and moving gives more than it takes. */
    boolean mayPrepare() {
        return (!journalWaits || usableBytes >= fileBytes) && !movingLacksRoom;
    }

    /** Looks again if it is time to, or something has changed; returns whether messages are taken as of now, or not. */
    boolean review() {
        boolean due = isPeriodic() && clock.nanoTime() - nextCheckNanos >= 0;
        return (changed.getAndSet(false) || due) && look(due);
    }

    /** When {@link #review} is to be called at the latest, in nanoseconds from now. */
    long nextReviewNanos() {
        return isPeriodic() ? Math.max(0, nextCheckNanos - clock.nanoTime()) : Long.MAX_VALUE;
    }

    private boolean isPeriodic() {
        return limits.any() || refusing;
    }

    private boolean look(boolean periodic) {
        measure(periodic);
        long usedBytes = files.usedBytes();
        diskShort = usableBytes < (diskShort ? freeBytesResumed : freeBytesMin);
        if (!diskShort) {
            stuck.values().removeIf(OutOfSpaceException.class::isInstance); // another attempt may find room
        }
        movingLacksRoom = stuck.values().stream().anyMatch(OutOfSpaceException.class::isInstance);
        directoryFull = usedBytes > (directoryFull ? publishBytesResumed : publishBytesMax);
        Shortage before = shortage;
        Shortage now = worst();
        shortage = now;
        report = new StoreSpace(usedBytes, usableBytes, now == null ? "" : describe(now, usedBytes), journalBehind);
        boolean turned = (before == null) != (now == null);
        refusing = now != null;
        if (periodic || turned) {
            setNextCheck();
        }
        tell(before, now);
        tellOverLimit(usedBytes);
        return turned;
    }

    private void setNextCheck() {
        nextCheckNanos = clock.nanoTime() + (refusing ? REFUSING_CHECK_NANOS : CHECK_NANOS);
    }

    private @Nullable Shortage worst() {
        if (journalWaits) {
            return Shortage.JOURNAL;
        }
        // What fails for another reason matters when it holds too many files; until then another attempt may do.
        if (movingLacksRoom || (journalBehind && !stuck.isEmpty())) {
            return Shortage.MOVING;
        }
        return diskShort ? Shortage.DISK : directoryFull ? Shortage.DIRECTORY : null;
    }

    private void measure(boolean recount) {
        try {
            if (recount) {
                files.recount(directory);
            }
            usableBytes = files.usableBytes(directory);
            blind = false;
        } catch (IOException e) {
            if (!blind) {
                LOG.warn("cannot see how much space there is, what was seen last counts: {}", e.toString());
            }
            blind = true;
        }
    }

    private void tell(@Nullable Shortage before, @Nullable Shortage now) {
        if (now == before) {
            return;
        }
        if (now == null) {
            LOG.info(
                    "publishing resumes: the data directory has {}, its disk has {} free",
                    shown(files.usedBytes()),
                    shown(usableBytes));
        } else {
            LOG.error("publishing is refused{}: {}", before == null ? "" : " still", report.refusal());
        }
    }

    private void tellOverLimit(long usedBytes) {
        boolean over = usedBytes > limits.bytesMax();
        if (over && !overLimit) {
            LOG.warn(
                    "acknowledgements and what is not deleted yet have brought the data directory to {}, beyond"
                            + " storage.bytes-max, {}; they go on, and old messages that stay hold the space",
                    shown(usedBytes),
                    ByteSize.print(limits.bytesMax()));
        }
        overLimit = over || (overLimit && directoryFull);
    }

    private String describe(Shortage kind, long usedBytes) {
        return switch (kind) {
            case JOURNAL ->
                "the disk has no room for the next journal file, " + ByteSize.print(fileBytes) + ", with "
                        + shown(usableBytes) + " free; make room on it, or consume or purge messages while the journal"
                        + " file in use has room for that";
            case MOVING ->
                "what lives in old files cannot be moved out of them, so they stay: " + firstReason()
                        + "; it is tried again every second, with " + shown(usableBytes) + " free on the disk";
            case DISK ->
                "the disk has " + shown(usableBytes) + " free, "
                        + (freeBytesMin > limits.freeBytesMin() ? "a journal file has " : "storage.free-bytes-min is ")
                        + ByteSize.print(freeBytesMin) + "; publishing resumes at " + shown(freeBytesResumed)
                        + ": consume or purge messages, or make room on the disk";
            case DIRECTORY ->
                "the data directory has " + shown(usedBytes) + ", storage.bytes-max is "
                        + ByteSize.print(limits.bytesMax()) + ", of which "
                        + shown(limits.bytesMax() - publishBytesMax) + " are kept for acknowledgements and for moving"
                        + " what lives; publishing resumes at " + shown(publishBytesResumed)
                        + ": consume or purge messages, or raise storage.bytes-max";
        };
    }

    private String firstReason() {
        // Another thread may have taken the last one away meanwhile.
        return stuck.values().stream().findFirst().map(IOException::getMessage).orElse("another try is under way");
    }

    /** Readable, and not exact: full kibibytes, or mebibytes where there are many. */
    private static String shown(long bytes) {
        long unit = bytes < KIB ? 1 : bytes < 16 * MIB ? KIB : MIB;
        return ByteSize.print(bytes / unit * unit);
    }
}
