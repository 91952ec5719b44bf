package io.millrace.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that answers what a test says, for what no healthy broker would answer. */
final class ScriptedServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Script script;

    /** What to do with a request whose body was read. */
    interface Script {
        void answer(HttpExchange exchange, String body) throws IOException;
    }

    private ScriptedServer(HttpServer server, Script script) {
        this.server = server;
        this.script = script;
    }

    static ScriptedServer open(Script script) throws IOException {
        var scripted = new ScriptedServer(
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), script);
        scripted.server.setExecutor(scripted.threads);
        scripted.server.createContext("/", scripted::handle);
        scripted.server.start();
        return scripted;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
            script.answer(exchange, body);
        }
    }

    /** Answers with {@code json}. */
    static void json(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Answers with a problem document. */
    static void problem(HttpExchange exchange, int status, String name, String detail) throws IOException {
        json(
                exchange,
                status,
                "{\"type\":\"/v1/problems/" + name + "\",\"title\":\"Title of " + name + "\",\"status\":" + status
                        + ",\"detail\":\"" + detail + "\"}");
    }

    /** The ids that a publish of {@code body} would be answered with. */
    static String ids(String body) {
        int messages = body.split("\\{\"body\"", -1).length - 1;
        var ids = new StringBuilder("{\"ids\":[");
        for (int i = 0; i < messages; i++) {
            ids.append(i == 0 ? "" : ",").append("\"1-").append(i).append('"');
        }
        return ids.append("]}").toString();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Method, URI and body of each request so far. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
