package io.millrace.server.client;

import io.millrace.api.NettyLoop;
import io.millrace.base.AgentHost;
import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerOptions;
import io.millrace.broker.World;
import io.millrace.broker.catalog.Catalog;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.process.DataDirectoryLock;
import io.millrace.server.process.FailureReason;
import io.millrace.server.process.StartException;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/**
 * A broker without doors over a data directory that no process uses, for a command that changes what is defined there.
 * Holds the directory's lock from {@link #open} to {@link #close}, one loop and the store's threads. One thread.
 */
final class OfflineBroker implements AutoCloseable {
    private static final long START_SECONDS_MAX = 300;
    private static final long CLOSE_MILLIS_MAX = 10_000;

    private final DataDirectoryLock lock;
    private final EventLoopGroup loops;
    private final Broker broker;

    private OfflineBroker(DataDirectoryLock lock, EventLoopGroup loops, Broker broker) {
        this.lock = lock;
        this.loops = loops;
        this.broker = broker;
    }

    /** Opens the directory that {@code options} names; makes it if it is not there. */
    static OfflineBroker open(BrokerOptions options) throws StartException {
        DataDirectoryLock lock = DataDirectoryLock.take(options.directory(), Clock.SYSTEM);
        EventLoopGroup loops = NettyLoop.newGroup(1);
        try {
            var world = new World(
                    new DiskFileSystem(), Clock.SYSTEM, new SecureRandom(), NettyLoop.all(loops), AgentHost.THREADS);
            Broker broker = Broker.open(options, world);
            broker.started().orTimeout(START_SECONDS_MAX, TimeUnit.SECONDS).join();
            return new OfflineBroker(lock, loops, broker);
        } catch (IOException | RuntimeException e) {
            end(loops, lock);
            throw new StartException(
                    "the data directory " + options.directory() + " cannot be opened: " + FailureReason.of(e), e);
        }
    }

    Catalog catalog() {
        return broker.catalog();
    }

    @Override
    public void close() {
        try {
            broker.beginClose().orTimeout(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS).join();
            broker.close(CLOSE_MILLIS_MAX);
        } catch (IOException e) {
            throw new CommandFailure("the data directory could not be closed in order: " + FailureReason.of(e), e);
        } finally {
            end(loops, lock);
        }
    }

    private static void end(EventLoopGroup loops, DataDirectoryLock lock) {
        try (lock) {
            loops.shutdownGracefully(0, CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly(CLOSE_MILLIS_MAX);
        }
    }
}
