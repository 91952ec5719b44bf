package io.millrace.broker.selector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.message.MessageProperty;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A message that is made once, and whose look allocates nothing of its own. */
final class RepeatedMessage implements SelectorMessage {
    private final ByteBuf color = text("red");
    private final ByteBuf[] names = {text("other"), text("color"), text("amount"), text("weight"), text("flag")};

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, UTF_8);
    }

    @Override
    public void fill(SelectorValues values) {
        if (values.onProperty(MessageProperty.KEY)) {
            values.onText(color, 0, color.readableBytes());
        }
        for (int i = 0; i < names.length; i++) {
            if (values.onHeader(names[i], 0, names[i].readableBytes())) {
                put(i, values);
            }
        }
        values.number(SelectorField.PRIORITY, 7);
    }

    private void put(int index, SelectorValues values) {
        switch (index) {
            case 1 -> values.onText(color, 0, color.readableBytes());
            case 2 -> values.onLong(57);
            case 3 -> values.onDouble(2.5);
            default -> values.onBoolean(true);
        }
    }
}
