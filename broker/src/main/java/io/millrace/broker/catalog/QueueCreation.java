package io.millrace.broker.catalog;

import io.millrace.broker.catalog.Definition.QueueDefinition;

/**
 * What came of making a queue.
 *
 * @param queue the queue
 * @param isNew whether it was made now; else it was there with the same settings
 */
public record QueueCreation(QueueDefinition queue, boolean isNew) {}
