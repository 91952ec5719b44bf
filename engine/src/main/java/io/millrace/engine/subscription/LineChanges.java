package io.millrace.engine.subscription;

/** Counts what happens to the line of groups ({@link GroupTurns}), for those who remember what they saw. The loop's. */
final class LineChanges {
    /** Passes that have ended. */
    long passes;
    /** How often other messages may have become the first of their groups, or other groups free. */
    long events;
    /** How often groups in the line got other places. */
    long moves;
}
