package io.millrace.broker;

import io.millrace.storage.local.Damage;
import java.util.List;

/**
 * How the broker is.
 *
 * @param ready whether it serves: started, not closing, storage works
 * @param reason why it does not, in words; empty where it does
 * @param hasSpace whether there is space for new messages
 * @param damages places of the journal that were found damaged at the start
 */
public record BrokerHealth(boolean ready, String reason, boolean hasSpace, List<Damage> damages) {}
