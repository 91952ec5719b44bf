package io.millrace.storage;

import io.millrace.base.AgentHost;
import io.millrace.base.Loop;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shard logs and segments of one broker, wherever they are kept. {@link StoreOpener#open} replays what is there,
 * {@link #attach} gives each shard its log, {@link #start} lets the agents run; then the logs accept records.
 *
 * <p>Opened, attached, started and closed by one thread.
 */
public interface ShardStore {
    /**
     * Makes the log of {@code shard}, whose owner runs on {@code loop} and is told of its progress there. Once for each
     * shard, before the start.
     */
    ShardLog attach(int shard, Loop loop, ShardLogListener listener);

    /** Starts the agents on {@code host}. Every shard is attached. */
    void start(AgentHost host);

    /** Asks for the end: what was flushed is written and synced. The loops do not append any more. */
    void beginClose();

    /** Whether everything that {@link #beginClose} asked for is done, or cannot be done. Any thread. */
    boolean isDrained();

    /**
     * Ends the agents, after waiting up to {@code waitMillis} for what was flushed to be synced, and gives back what
     * the store holds. The loops have ended or do not use the logs any more.
     */
    void close(long waitMillis) throws IOException;

    /**
     * Why the first log that has failed has done so; null while all work. Nothing of a log that has failed is confirmed
     * any more; after an {@link OwnershipLostException} this holds for all. Any thread.
     */
    @Nullable
    IOException failure();

    /** How it stands with its space; see {@link ShardLog#hasSpace}. Any thread. */
    StoreSpace space();

    /** Places of the logs that the start has found damaged. Any thread. */
    List<Damage> damages();

    /** What it has done since it was opened. Any thread. */
    StoreFigures figures();

    /** Makes copies of it; null where it is not of a kind that can be copied. Any thread. */
    @Nullable
    StoreBackups backups();
}
