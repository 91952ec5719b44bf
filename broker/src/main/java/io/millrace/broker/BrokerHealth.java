package io.millrace.broker;

import io.millrace.storage.Damage;
import io.millrace.storage.StoreSpace;
import java.util.List;
import java.util.Set;

/**
 * How the broker is.
 *
 * @param ready whether it serves: started, not closing, storage works
 * @param reason why it does not, in words; empty where it does
 * @param space what the store has, what is left, and whether new messages are taken
 * @param failedShards the shards that have stopped because their log has failed, in their order
 * @param damages places that were found damaged, at the start or since
 */
public record BrokerHealth(
        boolean ready, String reason, StoreSpace space, Set<Integer> failedShards, List<Damage> damages) {}
