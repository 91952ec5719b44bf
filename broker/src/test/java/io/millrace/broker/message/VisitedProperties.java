package io.millrace.broker.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.message.MessageProperties.Header;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Puts together again what a visitor is shown. */
final class VisitedProperties implements PropertyVisitor {
    private final Map<MessageProperty, String> texts = new EnumMap<>(MessageProperty.class);
    private final List<Header> headers = new ArrayList<>();
    private final boolean wantsValues;
    private MessageProperty property;
    private String name;

    VisitedProperties(boolean wantsValues) {
        this.wantsValues = wantsValues;
    }

    MessageProperties properties() {
        return new MessageProperties(
                texts.get(MessageProperty.KEY),
                texts.get(MessageProperty.CONTENT_TYPE),
                texts.get(MessageProperty.CORRELATION_ID),
                texts.get(MessageProperty.REPLY_TO),
                texts.get(MessageProperty.MESSAGE_ID),
                texts.get(MessageProperty.GROUP),
                texts.get(MessageProperty.DEDUPLICATION_ID),
                List.copyOf(headers));
    }

    @Override
    public boolean onProperty(MessageProperty shown) {
        property = shown;
        return wantsValues;
    }

    @Override
    public boolean onHeader(ByteBuf source, int at, int bytes) {
        property = null;
        name = source.toString(at, bytes, UTF_8);
        return wantsValues;
    }

    @Override
    public void onText(ByteBuf source, int at, int bytes) {
        String text = source.toString(at, bytes, UTF_8);
        if (property == null) {
            headers.add(new Header(name, text));
        } else {
            texts.put(property, text);
        }
    }

    @Override
    public void onLong(long value) {
        headers.add(new Header(name, value));
    }

    @Override
    public void onDouble(double value) {
        headers.add(new Header(name, value));
    }

    @Override
    public void onBoolean(boolean value) {
        headers.add(new Header(name, value));
    }

    @Override
    public void onBytes(ByteBuf source, int at, int bytes) {
        headers.add(new Header(name, ByteBufUtil.getBytes(source, at, bytes)));
    }
}
