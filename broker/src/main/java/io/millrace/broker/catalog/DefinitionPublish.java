package io.millrace.broker.catalog;

import io.millrace.engine.Publish;
import io.millrace.engine.Refusal;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A definition on its way into the log; {@code whenStored} hears of its offset. */
final class DefinitionPublish extends Publish {
    private final byte[] json;
    private final LongConsumer whenStored;
    private final Consumer<Refusal> whenRefused;

    DefinitionPublish(Definition definition, LongConsumer whenStored, Consumer<Refusal> whenRefused) {
        this.json = DefinitionJson.write(definition);
        this.whenStored = whenStored;
        this.whenRefused = whenRefused;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public int bodyBytes() {
        return json.length;
    }

    @Override
    public void writeBody(ByteBuf target) {
        target.writeBytes(json);
    }

    @Override
    public void fill(EntryEnvelope envelope) {
        envelope.format = BodyFormat.DEFINITION;
    }

    @Override
    protected void onStored(long offset) {
        whenStored.accept(offset);
    }

    @Override
    protected void onRefused(Refusal reason) {
        whenRefused.accept(reason);
    }
}
