package io.millrace.base.file;

import java.nio.channels.FileChannel;

/**
 * An open file for who sends bytes of it without having them in memory.
 *
 * @param channel is shared with others: it is only read at positions, or transferred from, and by no thread that may be
 *     interrupted meanwhile, for that closes it
 */
public record FileSource(FileChannel channel) {}
