package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Deliveries;

/**
 * Messages that were leased from one queue. Whoever gets them releases them.
 *
 * @param queue the queue
 * @param messages the messages
 */
public record QueueDeliveries(QueueDefinition queue, Deliveries messages) {}
