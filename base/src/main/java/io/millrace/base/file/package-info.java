/**
 * Files as the storage layer sees them. {@link io.millrace.base.file.FileSystem} is implemented by the real disk here
 * and by the fault-injecting one of the test kit; storage code reaches the disk through nothing else.
 */
@NullMarked
package io.millrace.base.file;

import org.jspecify.annotations.NullMarked;
