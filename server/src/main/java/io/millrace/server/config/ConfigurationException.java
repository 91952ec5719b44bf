package io.millrace.server.config;

import java.util.List;

/** The configuration cannot be used; every problem is one line for the user, with the place that it came from. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1;

    ConfigurationException(List<String> problems) {
        super(String.join("\n", problems));
    }
}
