package io.millrace.base;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs one {@link Agent} on a thread of its own: works while there is work, parks otherwise, wakes on
 * {@link #raise}. A throwable that leaves the agent ends the thread through its uncaught exception handler.
 */
public final class AgentThread implements AgentHost.Handle {
    private final Agent agent;
    private final Thread thread;
    /** Set by a signal, cleared before each round of work, so that no signal is lost between work and park. */
    private final AtomicBoolean signalled = new AtomicBoolean();

    private volatile boolean parked;
    private volatile boolean closing;

    /** Makes the thread; {@link #start} starts it. */
    public AgentThread(String name, Agent agent) {
        this.agent = agent;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Starts the thread. */
    public AgentThread start() {
        thread.start();
        return this;
    }

    @Override
    public void raise() {
        if (!signalled.get() && !signalled.getAndSet(true) && parked) {
            LockSupport.unpark(thread);
        }
    }

    /** Lets the agent finish the work that it has, then ends the thread and waits for it. */
    @Override
    public void close() {
        closing = true;
        raise();
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            boolean last = closing;
            signalled.set(false);
            if (!agent.work()) {
                if (last) {
                    return;
                }
                park();
            }
        }
    }

    private void park() {
        parked = true;
        if (!signalled.get() && !closing) {
            long nanos = agent.idleNanosMax();
            if (nanos == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
            }
        }
        parked = false;
    }
}
