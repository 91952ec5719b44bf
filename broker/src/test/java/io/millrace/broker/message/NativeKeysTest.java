package io.millrace.broker.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.storage.BodyFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The keys of messages, found in what is stored of them. */
class NativeKeysTest {
    private record Found(int index, TextHash key, boolean isTombstone) {}

    private static MessageProperties properties(String key) {
        return new MessageProperties(
                key, "text/plain", null, null, "k", null, null, List.of(new Header("k", "a header")));
    }

    private static List<Found> find(int format, ByteBuf body) {
        List<Found> found = new ArrayList<>();
        new NativeKeys()
                .read(
                        format,
                        body,
                        (index, high, low, isTombstone) ->
                                found.add(new Found(index, new TextHash(high, low), isTombstone)));
        return found;
    }

    @Test
    void eachMessageWithAKeyIsFoundAndWithoutABodyItIsATombstone() {
        NativeBatch batch = new NativeBatch();
        batch.add(properties("größe"), Unpooled.copiedBuffer("one", UTF_8));
        batch.add(MessageProperties.NONE, Unpooled.copiedBuffer("two", UTF_8));
        batch.add(properties(null), Unpooled.EMPTY_BUFFER);
        batch.add(properties("b"), Unpooled.EMPTY_BUFFER);
        batch.add(properties(""), Unpooled.copiedBuffer("five", UTF_8));
        ByteBuf body = Unpooled.buffer();
        body.writeZero(7).readerIndex(7); // it need not begin at 0
        batch.writeTo(body);

        assertThat(find(BodyFormat.NATIVE, body))
                .containsExactly(
                        new Found(0, TextHash.of("größe"), false),
                        new Found(3, TextHash.of("b"), true),
                        new Found(4, TextHash.of(""), false));
        assertThat(find(BodyFormat.DEFINITION, body)).isEmpty();
    }

    @Test
    void whatIsNoBodyIsSaidToBeNone() {
        assertThatThrownBy(() -> find(BodyFormat.NATIVE, Unpooled.copiedBuffer(new byte[] {0, 0, 0, 1, 5, 6})))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
