package io.millrace.server.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads settings from environment variables: {@code MILLRACE_DOORS_HTTP_PORT} sets {@code doors.http.port}. A variable
 * of our prefix that names nothing is a problem, except those that other parts of Millrace read and those that
 * Kubernetes and container links make up for a service called millrace.
 *
 * <p>Stateless; any thread. Values of unknown variables are never repeated: they may be secrets.
 */
final class EnvironmentVariables {
    /** Read by the launcher and by the commands that speak to a broker. */
    private static final Set<String> READ_ELSEWHERE =
            Set.of("MILLRACE_HOME", "MILLRACE_OPTS", "MILLRACE_URL", "MILLRACE_USER", "MILLRACE_PASSWORD");

    private static final Pattern SERVICE_NAME =
            Pattern.compile("MILLRACE_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_.*)?)");
    private static final Pattern SERVICE_VALUE = Pattern.compile("(tcp|udp|sctp)://.*");

    private EnvironmentVariables() {}

    static List<RawSetting> read(Map<String, String> environment, List<String> problems) {
        var keysByVariable = new HashMap<String, Key<?>>();
        Schema.keys().forEach(key -> keysByVariable.put(key.variable(), key));
        var settings = new ArrayList<RawSetting>();
        new TreeMap<>(environment).forEach((variable, value) -> {
            Key<?> key = keysByVariable.get(variable);
            if (key != null) {
                settings.add(new RawSetting(key.name(), value, "environment variable " + variable));
            } else if (isOurs(variable, value)) {
                problems.add("environment variable " + Shown.of(variable) + ": there is no such setting"
                        + hint(variable, keysByVariable.keySet()));
            }
        });
        return settings;
    }

    private static String hint(String variable, Set<String> known) {
        int prefix = Key.VARIABLE_PREFIX.length();
        return Nearest.to(
                        variable.substring(prefix),
                        known.stream().map(name -> name.substring(prefix)).toList())
                .map(name -> "; did you mean " + Key.VARIABLE_PREFIX + name + "?")
                .orElse("");
    }

    private static boolean isOurs(String variable, String value) {
        return variable.startsWith(Key.VARIABLE_PREFIX)
                && !READ_ELSEWHERE.contains(variable)
                && !SERVICE_NAME.matcher(variable).matches()
                && !(variable.endsWith("_PORT") && SERVICE_VALUE.matcher(value).matches());
    }
}
