package io.millrace.storage.local;

import io.millrace.base.Crc32c;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import io.millrace.storage.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The newest checkpoint of one shard as a file, replaced as a whole (docs/formats/manifest.md).
 *
 * @param replayFrom the position from which the shard's log is replayed
 * @param adopted the extents before it that stay, each with the file that it is in
 * @param manifest what the shard has said of itself
 */
record ManifestFile(long replayFrom, List<AdoptedExtent> adopted, byte[] manifest) {
    static final long MAGIC = 0x4d494c4c_4d414e49L; // "MILLMANI"
    static final int VERSION = 1;
    static final int HEADER_BYTES = 64;
    static final int MAGIC_AT = 0;
    static final int CRC_AT = 8;
    static final int VERSION_AT = 12;
    static final int STORE_HIGH_AT = 16;
    static final int STORE_LOW_AT = 24;
    static final int SHARD_AT = 32;
    static final int ADOPTED_AT = 36;
    static final int REPLAY_FROM_AT = 40;
    static final int MANIFEST_BYTES_AT = 48;
    static final int CONTENT_CRC_AT = 52;
    static final int ADOPTED_BYTES = 4 * Long.BYTES;

    private static final long BYTES_MAX = 1 << 30;

    /** An extent and the number of the journal file that it is in. */
    record AdoptedExtent(long fileNumber, Extent extent) {}

    /** What holds where no checkpoint was ever made. */
    static final ManifestFile NONE = new ManifestFile(0, List.of(), new byte[0]);

    LocalShardLog.Checkpointed checkpointed() {
        return new LocalShardLog.Checkpointed(
                replayFrom, adopted.stream().map(AdoptedExtent::extent).toList());
    }

    static Path path(Path directory, int shard) {
        return directory.resolve(String.format("manifest-%04d", shard));
    }

    private static Path temporary(Path directory, int shard) {
        return directory.resolve(String.format("manifest-%04d.tmp", shard));
    }

    /** Writes and syncs it beside the one in force; {@link #publish} puts it in its place. */
    void prepare(FileSystem fileSystem, Path directory, UUID store, int shard) throws IOException {
        Path path = temporary(directory, shard);
        if (fileSystem.exists(path)) {
            fileSystem.delete(path);
        }
        StorageFile file = fileSystem.create(path);
        try (file) {
            file.write(encode(store, shard), 0);
            file.sync();
        } catch (IOException e) {
            fileSystem.delete(path);
            throw e;
        }
    }

    /** Puts what was prepared in force; durable once the directory is synced. */
    static void publish(FileSystem fileSystem, Path directory, int shard) throws IOException {
        fileSystem.rename(temporary(directory, shard), path(directory, shard));
    }

    private ByteBuffer encode(UUID store, int shard) {
        int bytes = HEADER_BYTES + adopted.size() * ADOPTED_BYTES + manifest.length;
        ByteBuffer target = ByteBuffer.allocate(bytes);
        target.position(HEADER_BYTES);
        for (AdoptedExtent each : adopted) {
            target.putLong(each.fileNumber)
                    .putLong(each.extent.from())
                    .putLong(each.extent.to())
                    .putLong(each.extent.liveBytes());
        }
        target.put(manifest).clear();
        Crc32c crc = new Crc32c();
        target.putLong(MAGIC_AT, MAGIC);
        target.putInt(VERSION_AT, VERSION);
        target.putLong(STORE_HIGH_AT, store.getMostSignificantBits());
        target.putLong(STORE_LOW_AT, store.getLeastSignificantBits());
        target.putInt(SHARD_AT, shard);
        target.putInt(ADOPTED_AT, adopted.size());
        target.putLong(REPLAY_FROM_AT, replayFrom);
        target.putInt(MANIFEST_BYTES_AT, manifest.length);
        target.putInt(CONTENT_CRC_AT, crc.of(target, HEADER_BYTES, bytes - HEADER_BYTES));
        target.putInt(CRC_AT, crc.of(target, VERSION_AT, HEADER_BYTES - VERSION_AT));
        return target;
    }

    /** Reads the manifest of {@code shard}; null where there is none. Refuses a damaged one, and unknown versions. */
    static @Nullable ManifestFile read(FileSystem fileSystem, Path directory, UUID store, int shard)
            throws IOException {
        Path path = path(directory, shard);
        if (!fileSystem.exists(path)) {
            return null;
        }
        ByteBuffer content;
        try (StorageFile file = fileSystem.open(path)) {
            content = ByteBuffer.allocate((int) Math.min(BYTES_MAX, file.size()));
            file.read(content, 0);
        }
        return decode(content.flip(), path, store, shard);
    }

    private static ManifestFile decode(ByteBuffer source, Path path, UUID store, int shard) throws IOException {
        Crc32c crc = new Crc32c();
        if (source.limit() < HEADER_BYTES
                || source.getLong(MAGIC_AT) != MAGIC
                || source.getInt(CRC_AT) != crc.of(source, VERSION_AT, HEADER_BYTES - VERSION_AT)) {
            throw damaged(path, "its header fails its checksum");
        }
        if (source.getInt(VERSION_AT) != VERSION) {
            throw new IOException(path + ": the manifest has format " + source.getInt(VERSION_AT)
                    + ", this Millrace reads format " + VERSION + "; use the version that wrote it");
        }
        if (source.getLong(STORE_HIGH_AT) != store.getMostSignificantBits()
                || source.getLong(STORE_LOW_AT) != store.getLeastSignificantBits()
                || source.getInt(SHARD_AT) != shard) {
            throw new IOException(path + " belongs to another data directory or shard; move it out of the way");
        }
        int adopted = source.getInt(ADOPTED_AT);
        int manifestBytes = source.getInt(MANIFEST_BYTES_AT);
        if (source.limit() != HEADER_BYTES + (long) adopted * ADOPTED_BYTES + manifestBytes
                || source.getInt(CONTENT_CRC_AT) != crc.of(source, HEADER_BYTES, source.limit() - HEADER_BYTES)) {
            throw damaged(path, "its content fails its checksum");
        }
        source.position(HEADER_BYTES);
        List<AdoptedExtent> extents = new ArrayList<>(adopted);
        for (int i = 0; i < adopted; i++) {
            extents.add(new AdoptedExtent(
                    source.getLong(), new Extent(source.getLong(), source.getLong(), source.getLong())));
        }
        byte[] manifest = new byte[manifestBytes];
        source.get(manifest);
        return new ManifestFile(source.getLong(REPLAY_FROM_AT), List.copyOf(extents), manifest);
    }

    private static IOException damaged(Path path, String reason) {
        return new IOException(path + " is damaged: " + reason
                + ". Without it nobody knows what is settled in this shard; restore the directory from a backup");
    }
}
