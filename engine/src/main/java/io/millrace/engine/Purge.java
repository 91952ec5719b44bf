package io.millrace.engine;

/**
 * The removal of every message of a queue that no consumer holds. A door subclasses it; {@link Shard#purge} takes it,
 * and exactly one outcome is called on the shard's loop.
 */
public abstract class Purge implements Completion {
    /** For removals that nobody waits for. */
    public static final Purge UNHEARD = new Purge() {
        @Override
        protected void onPurged(long messages) {
            // Nobody waits.
        }

        @Override
        protected void onRefused(Refusal reason) {
            // Nobody waits.
        }
    };

    long count;

    /** {@code messages} were removed, and that is on stable storage. */
    protected abstract void onPurged(long messages);

    /** Nothing is known to be removed. */
    protected abstract void onRefused(Refusal reason);

    @Override
    public final void onSynced(Shard shard) {
        onPurged(count);
    }

    @Override
    public final void onLost(Refusal reason) {
        onRefused(reason);
    }
}
