package io.millrace.broker.catalog;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.topic.Topic;
import java.util.List;

/**
 * Where a message goes that is published to an exchange. Immutable; any thread.
 *
 * @param queues the queues, each once
 * @param topics the topics, each once; in which partition it is stored follows from its key
 */
public record Routes(List<QueueDefinition> queues, List<Topic> topics) {}
