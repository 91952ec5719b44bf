package io.millrace.broker.catalog;

import io.millrace.broker.topic.Topic;

/**
 * What came of making a topic.
 *
 * @param topic the topic
 * @param isNew whether it was made now; else it was there with the same settings
 */
public record TopicCreation(Topic topic, boolean isNew) {}
