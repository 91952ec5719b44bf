package io.millrace.broker.selector;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.selector.Operand.ValueType;
import io.millrace.broker.selector.SelectorLexer.Kind;
import io.millrace.broker.selector.SelectorLexer.Token;
import io.millrace.broker.selector.Terms.Arithmetic;
import io.millrace.broker.selector.Terms.Operation;
import io.millrace.broker.selector.Terms.Slot;

/**
 * What names stand for. One in double quotes is a header of the message, always. One that begins with {@code millrace.}
 * or {@code JMS} is the broker's, so that no header can take its place; of those that begin with {@code JMSX} or
 * {@code JMS_} the broker has some, and the others are headers, for applications may set them. Every other is a header.
 */
final class SelectorNames {
    private static final long JMS_PRIORITIES = 10;
    private static final long PRIORITIES_IN_ALL = DeliveryAttributes.PRIORITY_MAX + 1;

    private final String text;
    private final SelectorLayout.Builder slots;

    SelectorNames(String text, SelectorLayout.Builder slots) {
        this.text = text;
        this.slots = slots;
    }

    Operand resolve(Token name) {
        if (name.kind() == Kind.QUOTED_NAME) {
            return header(name);
        }
        String word = name.value();
        SelectorField field = SelectorField.named(word);
        if (field != null) {
            ValueType type = field.property() == null ? ValueType.NUMBER : ValueType.TEXT;
            return Operand.name(type, new Slot(slots.field(field)), name.start(), name.end());
        }
        if (word.startsWith(SelectorField.PREFIX)) {
            throw SelectorLexer.wrong(
                    text, name.start(), name.end(), "one of " + String.join(", ", SelectorField.spellings()));
        }
        return word.startsWith("JMS") ? jms(name) : header(name);
    }

    private Operand header(Token name) {
        if (name.value().isEmpty()) {
            throw SelectorLexer.wrong(text, name.start(), name.end(), "a name between the quotes");
        }
        return Operand.name(ValueType.ANYTHING, new Slot(slots.header(name.value())), name.start(), name.end());
    }

    /** What Jakarta Messaging names and the broker has no field for. */
    private Operand jms(Token name) {
        String word = name.value();
        return switch (word) {
            case "JMSPriority" -> Operand.name(ValueType.NUMBER, jmsPriority(), name.start(), name.end());
            case "JMSXDeliveryCount" -> Operand.name(ValueType.NUMBER, jmsDeliveryCount(), name.start(), name.end());
            // Every message is on stable storage.
            case "JMSDeliveryMode" ->
                Operand.name(ValueType.TEXT, new Slot(slots.text("PERSISTENT")), name.start(), name.end());
            case "JMSType" -> header(name);
            default -> {
                if (word.startsWith("JMSX") || word.startsWith("JMS_")) {
                    yield header(name);
                }
                throw SelectorLexer.wrong(
                        text,
                        name.start(),
                        name.end(),
                        "one of JMSDeliveryMode, JMSPriority, JMSMessageID, JMSTimestamp, JMSCorrelationID, JMSType");
            }
        };
    }

    /** Ten priorities of which 9 comes first, each a tenth of those that the broker has: 4 is what nobody said. */
    private Term jmsPriority() {
        Term tenth = arithmetic(new Slot(slots.field(SelectorField.PRIORITY)), Operation.MULTIPLY, JMS_PRIORITIES);
        Term reversed = arithmetic(tenth, Operation.DIVIDE, PRIORITIES_IN_ALL);
        Term last = new Slot(slots.exact(JMS_PRIORITIES - 1));
        return new Arithmetic(last, new Operation[] {Operation.SUBTRACT}, new Term[] {reversed}, slots.result());
    }

    /** With the delivery that is under way, or comes next. */
    private Term jmsDeliveryCount() {
        return arithmetic(new Slot(slots.field(SelectorField.DELIVERY_COUNT)), Operation.ADD, 1);
    }

    private Term arithmetic(Term first, Operation operation, long number) {
        Term other = new Slot(slots.exact(number));
        return new Arithmetic(first, new Operation[] {operation}, new Term[] {other}, slots.result());
    }
}
