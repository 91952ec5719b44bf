package io.millrace.broker.routing;

/**
 * An exchange. Immutable; any thread.
 *
 * @param key its name
 * @param id what bindings know it by: no other exchange and no queue has it, also not one of the same name later
 * @param createdMillis when it was made, epoch milliseconds
 * @param settings what was said of it
 */
public record Exchange(ExchangeKey key, long id, long createdMillis, ExchangeSettings settings) {
    /** Its name in its space. */
    public String name() {
        return key.name().value();
    }
}
