/** What is in sealed segments: entries with their index, snapshots. Written once, for every kind of storage. */
@NullMarked
package io.millrace.storage.segment;

import org.jspecify.annotations.NullMarked;
