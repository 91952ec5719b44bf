package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.StorageFile;
import io.millrace.testkit.SimulatedClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the system is told of long reads: what will be needed, each byte once, and what will not be any more. */
class ReadAheadTest {
    private static final long MIB = 1 << 20;

    private final FileAdvice advice = new FileAdvice(this::passOn);
    private final SimulatedClock clock = new SimulatedClock();
    private final ReadAhead ahead = new ReadAhead(advice, clock);
    private final AdvisedFile file = new AdvisedFile();
    /** What a read of a byte takes, in picoseconds: more than where nothing is waited for. */
    private long picosPerByte = 5000;

    private void read(AdvisedFile from, long offset, long bytes) throws IOException {
        assertThat(ahead.read(from, ByteBuffer.allocate((int) bytes), offset)).isEqualTo(bytes);
    }

    private void readAll(AdvisedFile from, long start, long end, long bytes) throws IOException {
        for (long at = start; at < end; at += bytes) {
            read(from, at, bytes);
        }
    }

    private void passOn() {
        assertThat(advice.work()).isTrue();
        assertThat(advice.work()).isFalse();
    }

    @Test
    void adviceThatNobodyPassesOnIsDroppedInTheEnd() {
        FileAdvice stuck = new FileAdvice(() -> {});
        for (int i = 0; i < 10_000; i++) {
            stuck.willNeed(file, i, 1);
        }
        int passedOn = 0;
        while (stuck.work()) {
            passedOn++;
        }
        assertThat(passedOn).isBetween(1, 100);
        assertThat(file.needed.get(0)).as("the oldest is there").isEqualTo(new Range(0, 1));
    }

    @Test
    void whoGoesOnIsReadAheadOfMoreAndMoreUpToABound() throws IOException {
        read(file, 10 * MIB, MIB);
        assertThat(file.needed).as("the first read says nothing").isEmpty();
        read(file, 11 * MIB, MIB);
        assertThat(file.needed).containsExactly(new Range(12 * MIB, 13 * MIB));

        readAll(file, 12 * MIB, 100 * MIB, MIB);

        long asked = 12 * MIB;
        for (Range each : file.needed) {
            assertThat(each.from).as("nothing is asked twice, or left out").isEqualTo(asked);
            asked = each.to;
            assertThat(each.to - each.from).isLessThanOrEqualTo(8 * MIB);
        }
        assertThat(asked).isBetween(100 * MIB + 4 * MIB, 108 * MIB);
        assertThat(file.needed.size()).as("requests are large").isLessThan(30);
    }

    @Test
    void whereReadsAreFastNothingIsAsked() throws IOException {
        picosPerByte = 2000;
        readAll(file, 0, 50 * MIB, 256 << 10);
        assertThat(file.needed).isEmpty();
        assertThat(file.notNeeded)
                .as("what lies behind is given back all the same")
                .isNotEmpty();

        picosPerByte = 5000;
        readAll(file, 50 * MIB, 60 * MIB, 256 << 10);
        assertThat(file.needed).as("when it has become slow").isNotEmpty();

        file.needed.clear();
        picosPerByte = 100;
        readAll(file, 60 * MIB, 100 * MIB, 256 << 10);
        assertThat(file.needed).as("as long as that helps").isNotEmpty();
    }

    @Test
    void whoJumpsAboutIsReadAsAsked() throws IOException {
        for (int i = 0; i < 100; i++) {
            read(file, (i * 37L % 100) * 10 * MIB, 64 << 10);
        }
        assertThat(file.needed).isEmpty();
        assertThat(file.notNeeded).isEmpty();
    }

    @Test
    void headersAndRecordsOfOthersInBetweenAreNoJump() throws IOException {
        for (long at = 0; at < 20 * MIB; at += 150 << 10) {
            read(file, at, 100 << 10);
        }
        assertThat(file.needed).isNotEmpty();
        assertThat(file.needed.get(file.needed.size() - 1).to).isGreaterThan(22 * MIB);
    }

    @Test
    void whatLiesBehindIsGivenBackOnceAndNothingElse() throws IOException {
        readAll(file, 5 * MIB, 50 * MIB, 256 << 10);

        long givenBack = 5 * MIB;
        for (Range each : file.notNeeded) {
            assertThat(each.from).isEqualTo(givenBack);
            givenBack = each.to;
        }
        assertThat(givenBack).isBetween(47 * MIB, 50 * MIB);
    }

    @Test
    void whatAnotherReaderComesToIsLeftToIt() throws IOException {
        readAll(file, 0, 4 * MIB, MIB);
        file.notNeeded.clear();
        for (int i = 4; i < 40; i++) {
            read(file, i * MIB, MIB);
            long later = (i - 4) * MIB;
            assertThat(file.notNeeded).as("the later of the two gives it back").allMatch(each -> each.to <= later);
            read(file, later, MIB);
        }
        assertThat(file.notNeeded).isNotEmpty();
        long asked = file.needed.stream().mapToLong(each -> each.to - each.from).sum();
        assertThat(asked).as("both are known").isGreaterThan(60 * MIB);
    }

    @Test
    void whatIsHeldIsGivenBackByThoseWhoHoldIt() throws IOException {
        assertThat(ahead.loadHeld(file, 0, MIB)).isFalse();
        for (int i = 1; i < 20; i++) {
            assertThat(ahead.loadHeld(file, i * MIB, MIB)).isTrue();
        }
        assertThat(file.needed).isNotEmpty();
        assertThat(file.notNeeded).isEmpty();

        ahead.giveBack(file, 3 * MIB, 4 * MIB);

        assertThat(file.notNeeded).containsExactly(new Range(3 * MIB, 4 * MIB));
        file.notNeeded.clear();
        readAll(file, 20 * MIB, 22 * MIB, MIB);
        assertThat(file.notNeeded).as("what came in memory").containsExactly(new Range(20 * MIB, 22 * MIB));
    }

    @Test
    void whatIsReleasedIsLeftToAReaderThatIsAboutToCome() throws IOException {
        AdvisedFile other = new AdvisedFile();
        readAll(file, 0, 2 * MIB, MIB);
        file.notNeeded.clear();

        ahead.giveBack(file, MIB, 3 * MIB);
        ahead.giveBack(file, 9 * MIB, 10 * MIB);
        assertThat(file.notNeeded).isEmpty();

        ahead.giveBack(file, MIB, 2 * MIB);
        ahead.giveBack(file, 10 * MIB, 11 * MIB);
        ahead.giveBack(other, 9 * MIB, 10 * MIB);
        assertThat(file.notNeeded)
                .as("what it has read, and what it comes to only after long")
                .containsExactly(new Range(MIB, 2 * MIB), new Range(10 * MIB, 11 * MIB));
        assertThat(other.notNeeded).containsExactly(new Range(9 * MIB, 10 * MIB));
    }

    @Test
    void manyReadersPushOutThoseWhoHaveNotReadForLong() throws IOException {
        List<AdvisedFile> files = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            files.add(new AdvisedFile());
        }
        for (int i = 0; i < 10; i++) {
            for (AdvisedFile each : files) {
                read(each, i * MIB, MIB);
            }
        }
        assertThat(files).allMatch(each -> each.needed.isEmpty());
        readAll(files.get(99), 200 * MIB, 210 * MIB, MIB);
        assertThat(files.get(99).needed).isNotEmpty();
    }

    /** A range of a file. */
    private record Range(long from, long to) {}

    /** A file of endless length that notes the advice. */
    private final class AdvisedFile implements StorageFile {
        private final List<Range> needed = new ArrayList<>();
        private final List<Range> notNeeded = new ArrayList<>();

        @Override
        public int read(ByteBuffer target, long position) {
            int bytes = target.remaining();
            clock.advance(bytes * picosPerByte / 1000);
            target.position(target.limit());
            return bytes;
        }

        @Override
        public void load(long position, long bytes) {
            clock.advance(bytes * picosPerByte / 1000);
        }

        @Override
        public void adviseWillNeed(long position, long bytes) {
            needed.add(new Range(position, position + bytes));
        }

        @Override
        public void adviseDontNeed(long position, long bytes) {
            notNeeded.add(new Range(position, position + bytes));
        }

        @Override
        public Path path() {
            return Path.of("advised");
        }

        @Override
        public long size() {
            return Long.MAX_VALUE;
        }

        @Override
        public void write(ByteBuffer source, long position) {
            throw new AssertionError("it is read");
        }

        @Override
        public void write(ByteBuffer[] sources, int count, long position) {
            throw new AssertionError("it is read");
        }

        @Override
        public void truncate(long size) {
            throw new AssertionError("it is read");
        }

        @Override
        public void sync() {
            throw new AssertionError("it is read");
        }

        @Override
        public void close() {}
    }
}
