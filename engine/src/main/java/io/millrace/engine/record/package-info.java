/**
 * The records of a shard log (docs/formats/shard-log.md) and those of its indexes: how they are put together and taken
 * apart. Only {@link io.millrace.engine.record.RecordWriter} appends, on the loop; what gathers a record is reused for
 * the next one. Kinds and fields are on disk: none is given another meaning.
 */
@NullMarked
package io.millrace.engine.record;

import org.jspecify.annotations.NullMarked;
