package io.millrace.api;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.millrace.api.http.DoorErrorHandler;
import io.millrace.api.http.DoorService;
import io.millrace.api.http.HttpDoorOptions;
import io.millrace.api.http.HttpDoorParts;
import io.millrace.api.http.HttpLimits;
import io.millrace.api.http.HttpTraffic;
import io.millrace.api.http.Route;
import io.millrace.api.http.RouteTable;
import io.millrace.api.http.SlowWork;
import io.millrace.api.http.TlsFilesException;
import io.millrace.api.rest.RestContext;
import io.millrace.api.rest.RestRoutes;
import io.millrace.base.Check;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The HTTP door: REST, health and metrics on one port, HTTP/1.1 and HTTP/2. Opened and closed by one thread, which is
 * not a loop.
 *
 * <p>The orderly end: {@link #beginClose}, then the broker's, then {@link #close} when both are done.
 */
public final class HttpDoor implements AutoCloseable {
    /** Bytes that one read from a connection brings at most; what bounds the requests that a connection holds. */
    private static final int READ_BYTES_MAX = 64 << 10;

    private static final int READ_BYTES_MIN = 512;
    private static final int READ_BYTES_FIRST = 4 << 10;
    /** On one connection of HTTP/2, requests at a time and the bytes of their bodies that are on their way. */
    private static final int HTTP2_STREAMS = 32;

    private static final int HTTP2_WINDOW_BYTES = 256 << 10;
    /** A header of up to this many times the limit is read, so that its refusal can be a problem document. */
    private static final int HTTP2_HEADER_SLACK = 4;

    private final HttpTraffic traffic;
    private final SlowWork slowWork;
    private final Server server;
    private final RouteTable routes;
    private final Connections connections;

    private HttpDoor(
            HttpTraffic traffic, SlowWork slowWork, Server server, RouteTable routes, Connections connections) {
        this.traffic = traffic;
        this.slowWork = slowWork;
        this.server = server;
        this.routes = routes;
        this.connections = connections;
    }

    /**
     * Opens a door; it answers when this returns. An {@link IOException} says why it cannot listen, a {@link
     * TlsFilesException} why it cannot speak TLS.
     */
    public static HttpDoor open(HttpDoorOptions options, HttpDoorParts parts) throws IOException {
        HttpTraffic traffic = new HttpTraffic(options.limits());
        SlowWork slowWork = new SlowWork();
        RouteTable routes = new RouteTable(RestRoutes.all(new RestContext(options, parts, traffic, slowWork)));
        Connections connections = new Connections(traffic);
        ServerBuilder builder = Server.builder()
                .workerGroup(parts.loops(), false)
                .errorHandler(new DoorErrorHandler(routes, traffic))
                .serviceUnder("/", new DoorService(routes, options.limits(), parts, traffic, slowWork))
                .childChannelPipelineCustomizer(pipeline -> {
                    connections.add(pipeline.channel());
                    if (options.tls() == null) {
                        pipeline.addFirst(new NoUpgrade());
                    }
                });
        listen(builder, options);
        bound(builder, options.limits());
        HttpDoor door = new HttpDoor(traffic, slowWork, builder.build(), routes, connections);
        door.start();
        return door;
    }

    private static void listen(ServerBuilder builder, HttpDoorOptions options) throws IOException {
        InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
        HttpDoorOptions.Tls tls = options.tls();
        if (tls == null) {
            builder.http(address);
        } else {
            builder.https(address).tls(TlsFiles.read(tls));
        }
    }

    private static void bound(ServerBuilder builder, HttpLimits limits) {
        builder.maxNumConnections(limits.connectionsMax())
                .maxRequestLength(limits.requests().bodyBytesMax())
                .requestTimeoutMillis(limits.times().requestMillisMax())
                .idleTimeoutMillis(limits.times().idleMillisMax())
                .http1MaxInitialLineLength(limits.requests().urlBytesMax())
                .http1MaxHeaderSize(limits.requests().headerBytesMax())
                .http2MaxHeaderListSize(
                        (long) HTTP2_HEADER_SLACK * limits.requests().headerBytesMax())
                .http2MaxStreamsPerConnection(HTTP2_STREAMS)
                .http2InitialStreamWindowSize(HTTP2_WINDOW_BYTES)
                .http2InitialConnectionWindowSize(HTTP2_WINDOW_BYTES)
                .childChannelOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(READ_BYTES_MIN, READ_BYTES_FIRST, READ_BYTES_MAX)
                                .maxMessagesPerRead(1))
                .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO)
                .unloggedExceptionsReportInterval(Duration.ZERO)
                .disableServerHeader();
    }

    private void start() throws IOException {
        try {
            server.start().join();
        } catch (CompletionException e) {
            slowWork.close();
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException("the HTTP door cannot be opened: " + e.getCause(), e.getCause());
        }
        try {
            connections.findListening(address());
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Where the door really listens. */
    public InetSocketAddress address() {
        return Check.notNull(server.activePort(), "an open door listens").localAddress();
    }

    /** What can be asked for. */
    public List<Route> routes() {
        return routes.routes();
    }

    /** What goes through the door. */
    public HttpTraffic traffic() {
        return traffic;
    }

    /**
     * Stops accepting connections and requests, and answers receives that wait. Completes when every request that was
     * accepted has been answered, or its client has gone.
     */
    public CompletableFuture<Void> beginClose() {
        connections.stopAccepting();
        return traffic.beginClose();
    }

    /** Closes every connection and returns when that is done. */
    @Override
    public void close() {
        var unusedIdle = beginClose();
        connections.close();
        // What is left is a thread without work, which takes two seconds to end.
        var unusedStop = server.stop();
        slowWork.close();
    }
}
