/**
 * A simulated world for tests: {@link io.millrace.testkit.SimulatedFileSystem a disk} that loses, tears and refuses,
 * {@link io.millrace.testkit.SimulatedWorld loops and agents} stepped in an order drawn from a seed,
 * {@link io.millrace.testkit.SimulatedClock time} that moves only when told; and what JUnit tests share: seeds, leak
 * checks, the file system's contract.
 *
 * <p>The disk and the clock may be used from any thread, the world from one. Everything that is left to chance is drawn
 * from a given generator, so that a seed repeats a run exactly.
 */
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
