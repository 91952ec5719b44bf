package io.millrace.storage.local;

import io.millrace.base.Crc32c;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@value #NAME} of a backup, written last: the files of the backup with their lengths and checksums, and a
 * checksum of its own. A backup without it was not finished (docs/formats/backup.md).
 *
 * @param files the files, in the order in which they were copied
 */
record BackupList(List<Item> files) {
    static final String NAME = "backup.list";

    private static final String HEAD = "millrace-backup 1\n";
    private static final long BYTES_MAX = 1 << 28;
    private static final Pattern ITEM = Pattern.compile("([0-9a-f]{8}) (\\d{1,18}) ([\\w.-]{1,200})");
    private static final Pattern END = Pattern.compile("end ([0-9a-f]{8})\n");

    /**
     * A file of a backup.
     *
     * @param name its name
     * @param bytes its length
     * @param crc the CRC-32C of all of it
     */
    record Item(String name, long bytes, int crc) {}

    long bytes() {
        return files.stream().mapToLong(Item::bytes).sum();
    }

    void write(FileSystem fileSystem, Path directory) throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        for (Item each : files) {
            text.append(String.format("%08x %d %s\n", each.crc, each.bytes, each.name));
        }
        text.append(String.format("end %08x\n", crc(text.toString())));
        try (StorageFile file = fileSystem.create(directory.resolve(NAME))) {
            file.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII)), 0);
            file.sync();
        }
        fileSystem.syncDirectory(directory);
    }

    /** Reads it; refuses a directory that is no backup, one that was not finished, and a damaged list. */
    static BackupList read(FileSystem fileSystem, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (!fileSystem.exists(path)) {
            throw new IOException(
                    directory + " is no complete backup: it has no file " + NAME + ", which is written last");
        }
        String text;
        try (StorageFile file = fileSystem.openToRead(path)) {
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(BYTES_MAX, file.size()));
            file.read(content, 0);
            text = StandardCharsets.US_ASCII.decode(content.flip()).toString();
        }
        int endAt = text.lastIndexOf("end ");
        Matcher end = END.matcher(endAt < 0 ? "" : text.substring(endAt));
        if (!text.startsWith("millrace-backup ")
                || !end.matches()
                || Integer.parseUnsignedInt(end.group(1), 16) != crc(text.substring(0, endAt))) {
            throw new IOException(path + " is damaged: it fails its checksum");
        }
        if (!text.startsWith(HEAD)) {
            throw new IOException(path + ": the backup has another format than this Millrace reads, 1; use the version"
                    + " that wrote it");
        }
        List<Item> items = new ArrayList<>();
        for (String line : text.substring(HEAD.length(), endAt).split("\n", -1)) {
            Matcher item = ITEM.matcher(line);
            if (item.matches()) {
                int crc = Integer.parseUnsignedInt(item.group(1), 16);
                items.add(new Item(item.group(3), Long.parseLong(item.group(2)), crc));
            } else if (!line.isEmpty()) {
                throw new IOException(path + " is damaged: '" + line + "' names no file");
            }
        }
        return new BackupList(List.copyOf(items));
    }

    private static int crc(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new Crc32c().of(ByteBuffer.wrap(bytes), 0, bytes.length);
    }
}
