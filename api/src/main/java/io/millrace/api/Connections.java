package io.millrace.api;

import io.millrace.api.http.HttpTraffic;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The open connections of a door, and the channel that accepts them. The HTTP stack keeps that channel to itself and
 * goes on accepting until it is stopped; an accepted connection knows it. Any thread, but only a thread that is no loop
 * finds and closes.
 */
final class Connections {
    private static final int PATIENCE_SECONDS = 10;

    private final HttpTraffic traffic;
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final CompletableFuture<Channel> first = new CompletableFuture<>();

    Connections(HttpTraffic traffic) {
        this.traffic = traffic;
    }

    /** A connection was accepted. */
    void add(Channel connection) {
        first.complete(connection);
        if (traffic.isClosing()) {
            var unused = connection.close();
            return;
        }
        open.add(connection);
        traffic.connected();
        connection.closeFuture().addListener(closed -> traffic.disconnected());
    }

    /** Connects to {@code address}, where the door listens: shows that it accepts, and tells the channel that does. */
    void findListening(InetSocketAddress address) throws IOException {
        InetAddress host = address.getAddress();
        InetAddress reachable = host.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : host;
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(reachable, address.getPort()), (int)
                    TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            first.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the HTTP door listens on " + address + " but accepts no connection", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening the HTTP door", e);
        }
        first.join().closeFuture().awaitUninterruptibly();
    }

    /** Accepts no connection any more. */
    void stopAccepting() {
        if (first.isDone()) {
            var unused = first.join().parent().close();
        }
    }

    /** Stops accepting and closes every connection; returns when that is done. */
    void close() {
        if (first.isDone()) {
            first.join().parent().close().awaitUninterruptibly();
        }
        open.close().awaitUninterruptibly();
    }
}
