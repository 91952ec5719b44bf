package io.millrace.server.client;

import io.millrace.api.NettyLoop;
import io.millrace.base.Clock;
import io.millrace.broker.Broker;
import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.security.SecretSeal;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.config.Settings;
import io.millrace.server.config.StorageKind;
import io.millrace.server.process.DirectoryLock;
import io.millrace.server.process.FailureReason;
import io.millrace.server.process.StartException;
import io.millrace.server.wiring.BrokerAssembly;
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

    private final Settings settings;
    private final DirectoryLock lock;
    private final EventLoopGroup loops;
    private final Broker broker;

    private OfflineBroker(Settings settings, DirectoryLock lock, EventLoopGroup loops, Broker broker) {
        this.settings = settings;
        this.lock = lock;
        this.loops = loops;
        this.broker = broker;
    }

    /** Opens the directory that {@code settings} name; makes it if it is not there. */
    static OfflineBroker open(Settings settings) throws StartException {
        if (settings.storage().kind() != StorageKind.LOCAL) {
            // The lock of a directory says nothing about who serves it: a running broker would lose it to this command.
            throw new StartException("--data is for a store in a directory. Users of a store on BookKeeper are changed"
                    + " through its running broker: leave out --data, or name the broker with --server.");
        }
        DirectoryLock lock = DirectoryLock.take(settings.dataDirectory(), Clock.SYSTEM);
        EventLoopGroup loops = NettyLoop.newGroup(1);
        try {
            Broker broker = BrokerAssembly.openBroker(settings, loops);
            broker.started().orTimeout(START_SECONDS_MAX, TimeUnit.SECONDS).join();
            return new OfflineBroker(settings, lock, loops, broker);
        } catch (IOException | StartException | RuntimeException e) {
            end(loops, lock);
            throw new StartException(
                    "the data directory " + settings.dataDirectory() + " cannot be opened: " + FailureReason.of(e), e);
        }
    }

    Catalog catalog() {
        return broker.catalog();
    }

    SecretSeal seal() throws IOException {
        return BrokerAssembly.openSeal(settings, new SecureRandom());
    }

    @Override
    public void close() {
        try {
            broker.beginClose()
                    .orTimeout(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)
                    .join();
            broker.close(CLOSE_MILLIS_MAX);
        } catch (IOException e) {
            throw new CommandFailure("the data directory could not be closed in order: " + FailureReason.of(e), e);
        } finally {
            end(loops, lock);
        }
    }

    private static void end(EventLoopGroup loops, DirectoryLock lock) {
        try (lock) {
            loops.shutdownGracefully(0, CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MILLIS_MAX);
        }
    }
}
