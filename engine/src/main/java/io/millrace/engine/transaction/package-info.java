/**
 * What is known of transactions over several shards: what is prepared here and waits for a decision, and which
 * decisions of this shard others may still ask for. The loop's. Both are in every snapshot.
 */
@NullMarked
package io.millrace.engine.transaction;

import org.jspecify.annotations.NullMarked;
