/**
 * Topics: named sets of partitions, each of which is a log that keeps its messages for a time, up to a size or by key,
 * whoever has read them ({@code docs/decisions/0030-topics.md}). A {@link io.millrace.broker.topic.Topic} is a
 * definition of the catalog. Immutable, all of it, and for any thread.
 */
@NullMarked
package io.millrace.broker.topic;

import org.jspecify.annotations.NullMarked;
