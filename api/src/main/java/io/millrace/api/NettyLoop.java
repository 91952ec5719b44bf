package io.millrace.api;

import com.linecorp.armeria.common.util.EventLoopGroups;
import io.millrace.base.Loop;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A loop of Netty's as the broker sees it, so that connections and shards share their threads. Holds nothing; any
 * thread, as far as {@link Loop} says so.
 */
public final class NettyLoop implements Loop {
    private final EventLoop loop;

    private NettyLoop(EventLoop loop) {
        this.loop = loop;
    }

    /** Starts {@code count} loops of the kind that the HTTP door needs; whoever asks shuts the group down. */
    public static EventLoopGroup newGroup(int count) {
        return EventLoopGroups.newEventLoopGroup(count, "millrace-loop", true);
    }

    /** Every loop of {@code group}. */
    public static List<Loop> all(EventLoopGroup group) {
        List<Loop> loops = new ArrayList<>();
        for (EventExecutor each : group) {
            loops.add(new NettyLoop((EventLoop) each));
        }
        return loops;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        Future<?> scheduled = loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public boolean isCurrent() {
        return loop.inEventLoop();
    }
}
