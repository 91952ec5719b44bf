package io.millrace.storage.run;

/** The records of a block in memory from the one on that its decoder is at. On the loop, until the decoder moves. */
final class BlockRest extends RecordSource {
    private final RecordDecoder decoder = new RecordDecoder();

    BlockRest(RecordDecoder from) {
        decoder.follow(from);
        set(from.key, from.sub, from.value);
        exact = true;
    }

    @Override
    boolean advance() {
        exact = decoder.next();
        if (exact) {
            set(decoder.key, decoder.sub, decoder.value);
        }
        return exact;
    }
}
