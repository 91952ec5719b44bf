/**
 * The durable definitions: spaces, queues, users, exchanges, bindings. They are entries of log 0 of shard 0, one for
 * each definition that is in force: a change appends the new definition and settles the old one, a removal settles it
 * (docs/formats/catalog.md).
 *
 * <p>Changes run on the loop of shard 0. What is in force is published as an immutable {@link
 * io.millrace.broker.catalog.CatalogSnapshot}, before the change is answered; any thread reads it without waiting.
 */
@NullMarked
package io.millrace.broker.catalog;

import org.jspecify.annotations.NullMarked;
