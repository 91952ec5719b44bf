/**
 * {@code millrace demo}: a job end to end that a newcomer can watch. The checksums of many files are computed by worker
 * processes that take the files' names from one queue and put results into another, while workers and the broker itself
 * are killed with SIGKILL; at the end every message is accounted for and every checksum is compared with one that the
 * demo computes itself.
 *
 * <p>The demo talks to its broker over HTTP like any client. One thread conducts ({@link
 * io.millrace.server.demo.Demo}); others publish, collect results, read what workers say and draw, and meet in {@link
 * io.millrace.server.demo.JobLedger} and {@link io.millrace.server.demo.Progress}. The account ({@link
 * io.millrace.server.demo.Account}) is a pure function of what was recorded. Whatever happens, child processes and
 * temporary files are gone at the end, except after SIGKILL to the demo itself, which workers survive only until they
 * notice.
 */
@NullMarked
package io.millrace.server.demo;

import org.jspecify.annotations.NullMarked;
