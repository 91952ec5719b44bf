package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.StoredRegion;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.junit.jupiter.params.ParameterizedTest;

/** Bodies that are sent from the files that they are stored in, to clients that check them themselves. */
@LeakCheck
class FetchRegionTest {
    private static final int FLIPS = 500;

    @ParameterizedTest
    @SeedSource(runs = 3)
    void whatComesAsARegionIsWhatWasPublished(long seed) throws IOException {
        StoredDirectory directory = StoredDirectory.filled(seed);
        SimulatedProcess process = directory.start();
        directory.awaitCalm(process);
        int regions = 0;
        for (long queue : StoredDirectory.QUEUES) {
            RegionProbe sent = fetch(process, queue, RegionProbe::ofAll);
            assertThat(new TreeSet<>(sent.numbers())).containsAll(directory.alive(queue));
            assertThat(sent.refusedByClient() + sent.unreadable()).isZero();
            regions += sent.regions();
            assertThat(fetch(process, queue, RegionProbe::ofOthers).regions())
                    .as("only in formats that were asked for")
                    .isZero();
        }
        assertThat(regions).isGreaterThan(50);
        process.close();
    }

    /** Who sends slowly keeps the files, whatever becomes of what is in them; then their space comes back. */
    @ParameterizedTest
    @SeedSource(runs = 3)
    void whatIsHeldStaysUntilItIsReleased(long seed) throws IOException {
        StoredDirectory directory = StoredDirectory.filled(seed);
        SimulatedProcess process = directory.start();
        directory.awaitCalm(process);
        List<RegionProbe> probes = StoredDirectory.QUEUES.stream()
                .map(queue -> fetch(process, queue, RegionProbe::keeping))
                .toList();
        List<byte[]> contents = contentsOf(probes);
        List<Path> segments = probes.stream()
                .flatMap(probe -> probe.kept().stream())
                .map(each -> pathOf(each.region()))
                .filter(path -> path.toString().contains("segment-"))
                .toList();
        assertThat(segments).isNotEmpty();
        int adopted = directory.files("adopted-").size();

        directory.settleAll(process);
        directory.replaceJournal(process);
        directory.awaitCalm(process);

        assertThat(directory.files("segment-"))
                .as("they have no names any more")
                .doesNotContainAnyElementsOf(segments);
        assertThat(contentsOf(probes)).usingElementComparator(Arrays::compare).isEqualTo(contents);
        long usable = directory.disk.usableBytes(SimulatedProcess.DIRECTORY);
        assertThat(directory.files("adopted-")).hasSize(adopted);

        probes.forEach(RegionProbe::releaseKept);
        process.runUntilIdle();

        assertThat(directory.files("adopted-")).isEmpty();
        assertThat(directory.disk.usableBytes(SimulatedProcess.DIRECTORY)).isGreaterThan(usable);
        process.close();
    }

    @ParameterizedTest
    @SeedSource(runs = 3)
    void whatIsHeldIsSentToItsEndAfterTheStoreWasClosed(long seed) throws IOException {
        StoredDirectory directory = StoredDirectory.filled(seed);
        SimulatedProcess process = directory.start();
        directory.awaitCalm(process);
        List<RegionProbe> probes = List.of(fetch(process, 1, RegionProbe::keeping));
        List<byte[]> contents = contentsOf(probes);
        assertThat(contents).isNotEmpty();

        process.close();

        assertThat(contentsOf(probes)).usingElementComparator(Arrays::compare).isEqualTo(contents);
        FileChannel channel = probes.get(0).kept().get(0).region().source().channel();
        probes.forEach(RegionProbe::releaseKept);
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1), 0)).isInstanceOf(ClosedChannelException.class);
    }

    private static List<byte[]> contentsOf(List<RegionProbe> probes) {
        return probes.stream()
                .flatMap(probe -> probe.kept().stream())
                .map(RegionProbe.Kept::bytes)
                .toList();
    }

    /** Wrong bytes are refused: those of a body by who is sent them, those in front of it by the shard. */
    @ParameterizedTest
    @SeedSource(runs = 1)
    void aFlippedBitIsFoundByTheClientOrTheShard(long seed) throws IOException {
        StoredDirectory directory = StoredDirectory.filled(seed);
        SimulatedProcess process = directory.start();
        directory.awaitCalm(process);
        List<Target> targets = targets(process);
        process.expectDamage();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < FLIPS; i++) {
            Target target = targets.get(random.nextInt(targets.size()));
            boolean inBody = random.nextBoolean();
            long offset = target.position
                    + (inBody ? random.nextInt(target.bodyBytes) : random.nextInt(-target.headBytes, 0));
            directory.disk.flipBit(target.path, offset, i % Byte.SIZE);

            RegionProbe sent = fetch(process, target.queue, RegionProbe::ofAll);

            directory.disk.flipBit(target.path, offset, i % Byte.SIZE);
            String flip = "bit " + i % Byte.SIZE + " at " + offset + " of " + target.path;
            assertThat(sent.refusedByClient()).as(flip).isEqualTo(inBody ? 1 : 0);
            assertThat(sent.unreadable()).as(flip).isEqualTo(inBody ? 0 : 1);
        }
        assertThat(targets).anyMatch(each -> each.path.toString().contains("adopted-"));
        assertThat(targets).anyMatch(each -> each.path.toString().contains("segment-"));
        process.kill();
    }

    /** A record whose body comes as a region: where it lies. */
    private record Target(long queue, Path path, long position, int bodyBytes, int headBytes) {}

    private static List<Target> targets(SimulatedProcess process) {
        List<Target> targets = new ArrayList<>();
        for (long queue : StoredDirectory.QUEUES) {
            RegionProbe probe = fetch(process, queue, RegionProbe::keeping);
            for (RegionProbe.Kept each : probe.kept()) {
                StoredRegion region = each.region();
                targets.add(new Target(queue, pathOf(region), region.position(), region.bytes(), each.headBytes()));
            }
            probe.releaseKept();
        }
        return targets;
    }

    /** Simulated channels say which file they are of. */
    private static Path pathOf(StoredRegion region) {
        return Path.of(region.source().channel().toString());
    }

    private static RegionProbe fetch(SimulatedProcess process, long queue, LongFunction<RegionProbe> kind) {
        RegionProbe probe = fetch(process, queue, kind.apply(0));
        return probe.floorTold() < 0 ? probe : fetch(process, queue, kind.apply(probe.floorTold()));
    }

    private static RegionProbe fetch(SimulatedProcess process, long queue, RegionProbe probe) {
        process.shard(StoredDirectory.shardOf(queue)).fetch(queue, probe);
        process.runUntilIdle();
        assertThat(probe.answered() || probe.floorTold() >= 0).isTrue();
        return probe;
    }
}
