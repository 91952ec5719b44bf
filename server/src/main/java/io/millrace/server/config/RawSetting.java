package io.millrace.server.config;

/**
 * One setting as a source gave it.
 *
 * @param name the key's name, not yet known to exist
 * @param text the value as written
 * @param origin the place for messages: {@code millrace.yaml:12}, {@code --set}
 */
record RawSetting(String name, String text, String origin) {}
