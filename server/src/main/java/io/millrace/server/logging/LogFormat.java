package io.millrace.server.logging;

/** The form of a log line. */
public enum LogFormat {
    TEXT,
    JSON
}
