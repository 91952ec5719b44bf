package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.BodyFormat;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.Extent;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A store of known entries whose shards adopt every file that they are asked about. */
final class AdoptedJournal {
    static final int SHARDS = 2;
    static final byte[] MANIFEST = noise(200);
    static final LocalStoreOptions OPTIONS = LocalStoreOptions.DEFAULT
            .withShards(SHARDS)
            .withSizes(8L * JournalFormat.BLOCK_BYTES, 0, JournalFormat.BLOCK_BYTES)
            .withJournalBytes(0);

    final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    /** Per shard every entry by its position. */
    final List<TreeMap<Long, byte[]>> entries = new ArrayList<>();
    /** Per shard what it has adopted. */
    final List<List<Extent>> adopted = new ArrayList<>();

    final StoreProcess process;
    private final SplittableRandom random = new SplittableRandom(3);

    AdoptedJournal() throws IOException {
        for (int shard = 0; shard < SHARDS; shard++) {
            entries.add(new TreeMap<>());
            adopted.add(new ArrayList<>());
        }
        process = StoreProcess.start(disk, OPTIONS, new SimulatedWorld(new SplittableRandom(7)));
        process.run();
    }

    /** Appends until so many files have left the journal. */
    AdoptedJournal fill(int files) throws IOException {
        while (adoptedFiles(disk).size() < files) {
            append();
            adoptWhatIsAskedFor();
        }
        return this;
    }

    /** Appends some entries to each shard. */
    void append() {
        for (int shard = 0; shard < SHARDS; shard++) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                byte[] entry = entry(shard, entries.get(shard).size());
                entries.get(shard).put(process.append(shard, entry), entry);
            }
            process.log(shard).flush();
        }
        process.run();
    }

    /** States that these extents are all that a shard needs before the end of the last of them. */
    void adopt(int shard, List<Extent> extents) {
        adopted.set(shard, new ArrayList<>(extents));
        process.log(shard).checkpoint(new Kept(replayFrom(shard), List.copyOf(extents)));
        process.run();
    }

    private void adoptWhatIsAskedFor() {
        for (int shard = 0; shard < SHARDS; shard++) {
            List<Long> wanted = process.owner(shard).trimsWanted;
            long from = replayFrom(shard);
            if (!wanted.isEmpty() && wanted.get(wanted.size() - 1) > from) {
                process.log(shard).survey(new Extent(from, wanted.get(wanted.size() - 1), OPTIONS.fileBytes()));
            }
        }
        process.run();
        for (int shard = 0; shard < SHARDS; shard++) {
            List<Long> wanted = process.owner(shard).trimsWanted;
            List<Boolean> trims = process.owner(shard).trims;
            long from = replayFrom(shard);
            if (trims.size() > adopted.get(shard).size()) {
                assertThat(trims).doesNotContain(false);
                long to = wanted.get(adopted.get(shard).size());
                adopted.get(shard).add(new Extent(from, to, OPTIONS.fileBytes()));
                process.log(shard).checkpoint(new Kept(to, List.copyOf(adopted.get(shard))));
            }
        }
        process.run();
    }

    /** Where the replay of a shard begins. */
    long replayFrom(int shard) {
        List<Extent> extents = adopted.get(shard);
        return extents.isEmpty() ? 0 : extents.get(extents.size() - 1).to();
    }

    /** The directory after the process has closed the store. */
    DirectoryImage closed() throws IOException {
        process.close();
        return DirectoryImage.of(disk);
    }

    static List<Path> adoptedFiles(SimulatedFileSystem disk) throws IOException {
        return disk.list(StoreProcess.DIRECTORY).stream()
                .filter(path -> path.getFileName().toString().startsWith("adopted-"))
                .toList();
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(noise);
        return noise;
    }

    private byte[] entry(int shard, int number) {
        byte[] body = new byte[random.nextInt(1200)];
        random.nextBytes(body);
        return record(shard + 1L, number, body);
    }

    /** The record of an entry with this body. */
    static byte[] record(long log, long number, byte[] body) {
        EntryEnvelope envelope = new EntryEnvelope();
        envelope.reset(log, number, 1, 0);
        envelope.format = BodyFormat.NATIVE;
        int bodyAt = EntryRecord.ENVELOPE_AT + envelope.bytes();
        ByteBuf buffer = Unpooled.directBuffer(bodyAt + body.length);
        buffer.writeByte(EntryRecord.KIND).writerIndex(bodyAt).writeBytes(body);
        envelope.write(buffer, EntryRecord.ENVELOPE_AT, body.length);
        byte[] record = ByteBufUtil.getBytes(buffer);
        buffer.release();
        return record;
    }

    /** The length of the body in a record. */
    static int bodyBytes(byte[] record) {
        return record.length - EntryRecord.BYTES_MIN;
    }

    /** The entries of {@code shard} that lie in adopted extents, by their positions. */
    Map<Long, byte[]> adoptedEntries(int shard) {
        return entries.get(shard).headMap(replayFrom(shard));
    }

    private static final class Kept extends Checkpoint {
        Kept(long replayFrom, List<Extent> adopted) {
            super(replayFrom, adopted, MANIFEST);
        }

        @Override
        public void onStored() {}

        @Override
        public void onFailed(IOException reason) {
            throw new AssertionError(reason);
        }
    }
}
