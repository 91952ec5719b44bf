/** Where the entries of a log are: in memory for what the journal holds, in blocks on disk for what is older. */
@NullMarked
package io.millrace.storage.index;

import org.jspecify.annotations.NullMarked;
