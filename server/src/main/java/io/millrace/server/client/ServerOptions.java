package io.millrace.server.client;

import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which broker a command talks to, and as whom. */
public final class ServerOptions {
    static final String URL = "MILLRACE_URL";
    static final String USER = "MILLRACE_USER";
    static final String PASSWORD = "MILLRACE_PASSWORD";
    private static final String SERVER_DEFAULT = "http://127.0.0.1:8080";

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The broker's HTTP door (default: MILLRACE_URL, else " + SERVER_DEFAULT + ").")
    private @Nullable String server;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "Who you are (default: MILLRACE_USER); the password comes from MILLRACE_PASSWORD, from"
                    + " --password-file or is asked for.")
    private @Nullable String user;

    @Option(names = "--password-file", paramLabel = "FILE", description = "A file whose first line is the password.")
    private @Nullable Path passwordFile;

    /** The API that the options name; an {@link IllegalArgumentException} says which of them is wrong. */
    public HttpApi connect(Shell shell, Optional<String> space) {
        String where = server != null ? server : shell.environment().getOrDefault(URL, SERVER_DEFAULT);
        return new HttpApi(url(where), credentials(shell), space);
    }

    private static URI url(String text) {
        String full = text.contains("://") ? text : "http://" + text;
        try {
            URI url = new URI(full.endsWith("/") ? full.substring(0, full.length() - 1) : full);
            if (url.getUserInfo() != null) {
                throw new IllegalArgumentException(
                        "--server: a URL is no place for a password; use --user and MILLRACE_PASSWORD");
            }
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http && url.getHost() != null && url.getQuery() == null && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Told below, like everything else that is no such URL.
        }
        throw new IllegalArgumentException(
                "--server: '" + text + "' is not the URL of a broker; write for example " + SERVER_DEFAULT);
    }

    private Optional<Credentials> credentials(Shell shell) {
        String name = user != null ? user : shell.environment().getOrDefault(USER, "");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Credentials(name, password(shell, name)));
    }

    private String password(Shell shell, String name) {
        if (passwordFile != null) {
            return firstLine(passwordFile);
        }
        String known = shell.environment().get(PASSWORD);
        return known != null
                ? known
                : shell.secrets()
                        .apply("Password of " + name + ": ")
                        .orElseThrow(() -> new IllegalArgumentException("there is no password for user " + name
                                + ": set " + PASSWORD + ", or name a file with --password-file"));
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new IllegalArgumentException("--password-file: " + FailureReason.of(e), e);
        }
    }

    /** Whether the command line names a broker. */
    public boolean namesServer() {
        return server != null;
    }
}
