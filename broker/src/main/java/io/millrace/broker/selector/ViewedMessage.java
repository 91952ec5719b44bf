package io.millrace.broker.selector;

import io.millrace.broker.message.MessageView;

/** The message that a {@link MessageView} shows, and how often it was delivered. Reused; one thread. */
public final class ViewedMessage implements SelectorMessage {
    /** Stands for a number of deliveries that is not known. */
    public static final int UNKNOWN_COUNT = -1;

    private final MessageView view;
    private int deliveryCount = UNKNOWN_COUNT;

    /** The message that {@code view} shows at the time of the look. */
    public ViewedMessage(MessageView view) {
        this.view = view;
    }

    /** The same, delivered {@code deliveries} times, without a delivery under way; or {@link #UNKNOWN_COUNT}. */
    public ViewedMessage delivered(int deliveries) {
        deliveryCount = deliveries;
        return this;
    }

    @Override
    public void fill(SelectorValues values) {
        if (values.wantsProperties()) {
            view.visitProperties(values);
        }
        values.number(SelectorField.PRIORITY, view.priority());
        values.number(SelectorField.PUBLISHED, view.publishedMillis());
        if (view.dueMillis() != 0) {
            values.number(SelectorField.DUE, view.dueMillis());
        }
        if (view.expiryMillis() != 0) {
            values.number(SelectorField.EXPIRY, view.expiryMillis());
        }
        if (deliveryCount != UNKNOWN_COUNT) {
            values.number(SelectorField.DELIVERY_COUNT, deliveryCount);
        }
    }
}
