package io.millrace.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.NativeBatch;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A selector as a filter of the engine looks at each message of an entry by itself, and at its deliveries. */
class SelectorFilterTest {
    private static SelectorFilter of(String selector) {
        return new SelectorFilter(Selector.compile(selector));
    }

    private static ByteBuf entryOf(Long... values) {
        NativeBatch batch = new NativeBatch(DeliveryAttributes.NONE);
        for (Long each : values) {
            List<MessageProperties.Header> headers = List.of(new MessageProperties.Header("n", each));
            batch.add(new MessageProperties(null, null, null, null, null, null, null, headers), Unpooled.EMPTY_BUFFER);
        }
        EntryEnvelope envelope = new EntryEnvelope();
        envelope.reset(1, 0, batch.count(), 77);
        envelope.format = BodyFormat.NATIVE;
        ByteBuf entry = Unpooled.buffer(envelope.bytes() + batch.bytes());
        entry.writerIndex(envelope.bytes());
        batch.writeTo(entry);
        envelope.write(entry, 0, batch.bytes());
        batch.release();
        return entry;
    }

    @Test
    void eachMessageOfAnEntryIsLookedAtByItself() {
        ByteBuf entry = entryOf(1L, 2L, 3L);
        SelectorFilter filter = of("n = 2 OR millrace.deliveryCount = 4");

        assertThat(filter.matches(entry, 0, 0)).isFalse();
        assertThat(filter.matches(entry, 1, 0)).isTrue();
        assertThat(filter.matches(entry, 2, 0)).isFalse();
        assertThat(filter.matches(entry, 2, 4)).isTrue();
        assertThat(entry.refCnt()).isEqualTo(1);
    }

    @Test
    void thoseOfOneTextAreEqual() {
        assertThat(of("n = 1")).isEqualTo(of("n = 1")).hasSameHashCodeAs(of("n = 1"));
        assertThat(of("n = 1")).isNotEqualTo(of("n = 2")).isNotEqualTo("n = 1");
        assertThat(of("n = 1")).hasToString("n = 1");
    }
}
