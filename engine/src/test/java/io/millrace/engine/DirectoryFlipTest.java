package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.StorageFile;
import io.millrace.storage.Damage;
import io.millrace.storage.local.StoreInspection;
import io.millrace.storage.local.StoredFile;
import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;

/** One flipped bit anywhere in a data directory: who looks finds it, and nobody is given other bytes than stored. */
class DirectoryFlipTest {
    private static final int FLIPS = 1000;
    /** Each costs a start. */
    private static final int FLIPS_READ = 120;
    /** Each costs a look at everything. */
    private static final int FLIPS_SCRUBBED = 500;

    private static final int BLOCK_BYTES = 4096;
    private static final int GROUP_MAGIC = 0x4d524750;
    private static final int GROUP_HEADER_BYTES = 40;
    private static final int FILE_HEADER_BYTES = 64;
    private static final int FILE_NUMBER_AT = 32;

    private final Map<Path, ByteBuffer> contents = new HashMap<>();
    private final Map<String, Integer> found = new HashMap<>();
    private final Map<String, Integer> harmless = new HashMap<>();

    @ParameterizedTest
    @SeedSource(runs = 1)
    void verifyingFindsNothingInASoundDirectory(long seed) throws IOException {
        assertThat(Verification.damages(StoredDirectory.filled(seed).disk)).isEmpty();
    }

    @ParameterizedTest
    @SeedSource(runs = 1)
    void verifyingFindsEveryFlipAndNamesTheFile(long seed) throws IOException {
        StoredDirectory directory = StoredDirectory.filled(seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (String kind : List.of("adopted-", "segment-", "manifest-", "journal-", "millrace.format")) {
            List<Path> files = directory.files(kind);
            for (int i = 0; i < FLIPS; i++) {
                Path path = files.get(random.nextInt(files.size()));
                long offset = random.nextLong(content(directory, path).limit());
                directory.disk.flipBit(path, offset, i % Byte.SIZE);
                List<String> damages = Verification.damages(directory.disk);
                directory.disk.flipBit(path, offset, i % Byte.SIZE);
                if (damages.isEmpty()) {
                    assertThat(meansNothing(directory, path, offset))
                            .as("bit %d at %d of %s means nothing", i % Byte.SIZE, offset, path)
                            .isTrue();
                    harmless.merge(kind, 1, Integer::sum);
                } else {
                    String name = kind.equals("millrace.format")
                            ? ""
                            : path.getFileName().toString();
                    assertThat(damages)
                            .as("bit %d at %d of %s", i % Byte.SIZE, offset, path)
                            .anyMatch(each -> each.contains(name));
                    found.merge(kind, 1, Integer::sum);
                }
            }
        }
        System.out.printf("seed %d: flips that verifying has found %s, that mean nothing %s%n", seed, found, harmless);
        assertThat(harmless.keySet()).isSubsetOf("adopted-", "journal-");
        assertThat(found.values()).allMatch(count -> count > FLIPS / 8);
    }

    @ParameterizedTest
    @SeedSource(runs = 1)
    void verifyingFindsEveryFileThatIsMissing(long seed) throws IOException {
        for (String kind : List.of("adopted-", "segment-", "manifest-")) {
            List<Path> files = StoredDirectory.filled(seed).files(kind);
            for (Path missing : List.of(files.get(0), files.get(files.size() - 1))) {
                StoredDirectory directory = StoredDirectory.filled(seed);
                directory.disk.delete(missing);
                assertThat(Verification.damages(directory.disk))
                        .as("%s is missing", missing)
                        .isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @SeedSource(runs = 1)
    void whoReadsEverythingIsGivenWhatWasStoredOrTold(long seed) throws IOException {
        StoredDirectory directory = StoredDirectory.filled(seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<Path> files = new ArrayList<>(directory.files("segment-"));
        files.addAll(directory.files("adopted-"));
        int told = 0;
        for (int i = 0; i < FLIPS_READ; i++) {
            Path path = files.get(random.nextInt(files.size()));
            long offset = random.nextLong(content(directory, path).limit());
            StoredDirectory copy = directory.copy();
            copy.disk.flipBit(path, offset, i % Byte.SIZE);
            told += readAll(copy, "bit " + i % Byte.SIZE + " at " + offset + " of " + path) ? 1 : 0;
        }
        System.out.printf(
                "seed %d: of %d flips readers were told of %d, the rest met nothing that lives%n",
                seed, FLIPS_READ, told);
        assertThat(told).isGreaterThan(FLIPS_READ / 4);
    }

    @ParameterizedTest
    @SeedSource(runs = 1)
    void theScrubberReportsEveryFlipOnce(long seed) throws IOException {
        StoredDirectory directory = StoredDirectory.filled(seed);
        SimulatedProcess process = directory.startCalm();
        SplittableRandom random = new SplittableRandom(seed);
        int known = 0;
        for (String kind : List.of("segment-", "adopted-")) {
            List<Path> files = directory.files(kind);
            for (int i = 0; i < FLIPS_SCRUBBED; i++) {
                Path path = files.get(random.nextInt(files.size()));
                long offset = random.nextLong(content(directory, path).limit());
                directory.disk.flipBit(path, offset, i % Byte.SIZE);
                scrub(process);
                if (i % 10 == 0) {
                    scrub(process);
                }
                directory.disk.flipBit(path, offset, i % Byte.SIZE);
                List<Damage> damages = process.store().damages();
                boolean isReported = damages.stream()
                        .anyMatch(each -> path.endsWith(each.file())
                                && offset >= each.offset()
                                && offset < each.offset() + each.bytes());
                assertThat(isReported || meansNothing(directory, path, offset))
                        .as("bit %d at %d of %s is reported", i % Byte.SIZE, offset, path)
                        .isTrue();
                assertThat(damages.subList(known, damages.size())).allMatch(each -> path.endsWith(each.file()));
                assertThat(damages).doesNotHaveDuplicates();
                known = damages.size();
                (isReported ? found : harmless).merge(kind, 1, Integer::sum);
            }
        }
        process.kill();
        System.out.printf(
                "seed %d: flips that the scrubber has found %s, that mean nothing %s%n", seed, found, harmless);
        assertThat(harmless.keySet()).isSubsetOf("adopted-");
        assertThat(found.values()).hasSize(2).allMatch(count -> count > FLIPS_SCRUBBED / 4);
    }

    /** Lets the scrubber look at everything once. */
    private static void scrub(SimulatedProcess process) {
        long rounds = process.store().scrubRounds();
        process.clock().advance(TimeUnit.MILLISECONDS.toNanos(StoredDirectory.SCRUB_MILLIS));
        process.runUntilIdle();
        assertThat(process.store().scrubRounds()).isEqualTo(rounds + 1);
    }

    /** Returns whether anybody was told of damage. */
    private static boolean readAll(StoredDirectory directory, String flip) throws IOException {
        SimulatedProcess process;
        try {
            process = directory.start();
        } catch (IOException e) {
            assertThat(e).as(flip).hasMessageContaining("damaged");
            return true;
        }
        BooleanSupplier told = process.expectDamage();
        for (long queue : StoredDirectory.QUEUES) {
            List<Long> numbers = new ArrayList<>();
            ReceiveProbe receive = ReceiveProbe.upTo(1_000);
            do {
                receive = ReceiveProbe.upTo(1_000);
                process.shard(StoredDirectory.shardOf(queue)).receive(queue, receive);
                process.runUntilIdle();
                numbers.addAll(receive.numbers());
            } while (!receive.numbers().isEmpty());
            assertThat(directory.alive(queue)).as(flip).containsAll(numbers);
            assertThat(numbers.size() == directory.alive(queue).size() || told.getAsBoolean())
                    .as("%s: queue %d is whole, or said not to be", flip, queue)
                    .isTrue();
        }
        process.kill();
        return told.getAsBoolean();
    }

    /**
     * Whether nothing is stated by the byte at {@code offset} of a file of the journal: it lies behind the header of
     * the file or behind a group, or in the last group, for which nobody can vouch and in which nothing is, or behind
     * what was adopted of a file.
     */
    private boolean meansNothing(StoredDirectory directory, Path path, long offset) throws IOException {
        if (offset < FILE_HEADER_BYTES) {
            return !isUsed(directory, path);
        }
        if (path.getFileName().toString().startsWith("adopted-") && offset >= adoptedBytes(directory, path)) {
            return true;
        }
        ByteBuffer content = content(directory, path);
        long number = Long.parseLong(path.getFileName().toString().replaceAll("\\D", ""));
        int last = -1;
        for (int at = BLOCK_BYTES; at < content.limit(); at += BLOCK_BYTES) {
            if (content.getInt(at) == GROUP_MAGIC && content.getLong(at + 8) == number) {
                if (offset >= at && offset < at + GROUP_HEADER_BYTES + content.getInt(at + 32)) {
                    last = at;
                    continue;
                }
                if (last >= 0) {
                    return false;
                }
            }
        }
        return last < 0 || isNewest(directory, path);
    }

    /** Up to where a file holds something of what manifests say to be adopted. */
    private static long adoptedBytes(StoredDirectory directory, Path path) throws IOException {
        try (StoreInspection inspection =
                new StoreInspection(SimulatedProcess.DIRECTORY, directory.disk, bytes -> {})) {
            String name = path.getFileName().toString();
            Map<Integer, Long> ends = new HashMap<>();
            long[] end = new long[2];
            for (StoredFile manifest : inspection.files()) {
                if (manifest.kind() == StoredFile.Kind.MANIFEST) {
                    inspection.checkpoint(manifest).adopted().stream()
                            .filter(part -> name.endsWith(String.format("%012d.log", part.fileNumber())))
                            .forEach(part ->
                                    ends.merge(manifest.shard(), part.extent().to(), Math::max));
                }
            }
            StoredFile file = inspection.files().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            inspection.visit(file, new StoreInspection.JournalVisitor() {
                @Override
                public void onGroup(long offset, long sequence, long syncedThrough, int bytes, int frames) {
                    end[0] = offset + GROUP_HEADER_BYTES + bytes;
                }

                @Override
                public void onFrame(
                        long offset, int shard, long position, int length, boolean continues, boolean damaged) {
                    end[1] = position < ends.getOrDefault(shard, 0L) ? end[0] : end[1];
                }

                @Override
                public void onRecord(int shard, long position, ByteBuf record) {
                    // Where they are is what is asked for.
                }
            });
            return end[1];
        }
    }

    /** A file that is prepared may have the header of the number that it had before. */
    private boolean isUsed(StoredDirectory directory, Path path) throws IOException {
        ByteBuffer content = content(directory, path);
        long number = Long.parseLong(path.getFileName().toString().replaceAll("\\D", ""));
        return content.getLong(0) != 0 && content.getLong(FILE_NUMBER_AT) == number;
    }

    private boolean isNewest(StoredDirectory directory, Path path) throws IOException {
        Path newest = path;
        for (Path each : directory.files("journal-")) {
            newest = isUsed(directory, each) ? each : newest;
        }
        return newest.equals(path);
    }

    private ByteBuffer content(StoredDirectory directory, Path path) throws IOException {
        ByteBuffer known = contents.get(path);
        if (known == null) {
            try (StorageFile file = directory.disk.open(path)) {
                known = ByteBuffer.allocate((int) file.size());
                file.read(known, 0);
                contents.put(path, known.flip());
            }
        }
        return known;
    }
}
