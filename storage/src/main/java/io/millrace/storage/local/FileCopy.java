package io.millrace.storage.local;

import io.millrace.base.Crc32c;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Copies one file after the other, a piece at a time, and checks nothing. For one thread. */
final class FileCopy {
    private final ByteBuffer piece;
    private final Crc32c crc = new Crc32c();

    /** Holds one piece of {@code pieceBytes} in memory. */
    FileCopy(int pieceBytes) {
        this.piece = ByteBuffer.allocateDirect(pieceBytes);
    }

    /** Begins another file. */
    void begin() {
        crc.reset();
    }

    /** Copies what is at {@code at}, up to {@code end}; returns how many bytes, 0 where there is no more. */
    int next(StorageFile from, StorageFile to, long at, long end) throws IOException {
        piece.clear().limit((int) Math.min(piece.capacity(), end - at));
        int count = piece.hasRemaining() ? Math.max(0, from.read(piece, at)) : 0;
        piece.flip();
        if (count > 0) {
            crc.add(piece, 0, count);
            to.write(piece, at);
        }
        return count;
    }

    /** The CRC-32C of what was copied since the file was begun. */
    int crc() {
        return crc.value();
    }
}
