package io.millrace.testkit;

import io.millrace.testkit.DiskOperation.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * The disk behind a {@link SimulatedFileSystem}: numbers the operations, tells the hook, lets faults and death happen,
 * and holds the lock that guards everything below.
 */
final class SimulatedDisk {
    private static final long NEVER = -1;

    final RandomGenerator random;
    final DiskFaults faults;
    final DiskTree tree = new DiskTree();
    final DiskSpace space = new DiskSpace();

    /** Of the operations, and of what is written. */
    final EventDigest events = new EventDigest();

    private OperationHook hook = operation -> {};
    private long operations;
    private long deathAt = NEVER;
    private boolean powerCutThen;
    /** One more after each death; what was opened in an earlier life is dead. */
    private int life = 1;

    private boolean down;

    SimulatedDisk(RandomGenerator random) {
        this.random = random;
        this.faults = new DiskFaults(random);
    }

    /** The number of the present life; throws where there is none. */
    synchronized int life() {
        checkAlive(life);
        return life;
    }

    synchronized boolean isAlive(int life) {
        return !down && life == this.life;
    }

    synchronized long operations() {
        return operations;
    }

    synchronized boolean isDown() {
        return down;
    }

    synchronized void hook(OperationHook hook) {
        this.hook = hook;
    }

    /** Throws unless this life goes on. */
    synchronized void checkAlive(int life) {
        if (!isAlive(life)) {
            throw new SimulatedCrash(down ? "The process is dead" : "The process that opened this is dead");
        }
    }

    /** Does {@code action} as the next operation of this life. */
    void perform(Kind kind, Path path, int life, DiskAction action) throws IOException {
        DiskOperation operation;
        OperationHook told;
        synchronized (this) {
            checkAlive(life);
            operation = new DiskOperation(++operations, kind, path);
            events.add(kind.name());
            events.add(path.toString());
            action.begin();
            told = hook;
        }
        told.before(operation);
        synchronized (this) {
            checkAlive(life);
            if (operation.number() == deathAt) {
                dieIn(operation, action);
            }
            if (faults.nextFails(kind)) {
                action.fail();
                throw new IOException(path + ": simulated failure of operation " + operation);
            }
            action.complete();
        }
    }

    synchronized void dieAt(long operation, boolean powerCut) {
        if (operation <= operations) {
            throw new IllegalArgumentException("operation " + operation + " was done already, of " + operations);
        }
        deathAt = operation;
        powerCutThen = powerCut;
    }

    /** The process dies; what it wrote stays readable and as durable as it was. */
    synchronized void kill() {
        down = true;
        life++;
        deathAt = NEVER;
        long usedBytes = 0;
        for (SimulatedFile file : tree.files()) {
            file.orphaned();
            usedBytes += file.length();
        }
        space.recount(usedBytes);
    }

    synchronized void crash(PowerCut cut) {
        tree.crash(cut);
        tree.files().forEach(file -> file.crash(cut));
        kill();
    }

    synchronized void restart() {
        if (!down) {
            throw new IllegalStateException("The process is alive");
        }
        down = false;
    }

    /** The file lost its name. */
    synchronized void unnamed(SimulatedFile file) {
        file.unnamed();
        release(file);
    }

    /** Gives its space back if nobody can see the file any more. */
    synchronized void release(SimulatedFile file) {
        if (file.gone()) {
            space.grow(-file.length());
        }
    }

    private void dieIn(DiskOperation operation, DiskAction action) {
        if (random.nextBoolean()) {
            action.interrupt();
        } else {
            completeUnheard(action);
        }
        if (powerCutThen) {
            crash(PowerCut.any(random));
        } else {
            kill();
        }
        throw new SimulatedCrash("The process died in " + operation);
    }

    /** Done, but nobody is left to be told how it went. */
    private static void completeUnheard(DiskAction action) {
        try {
            action.complete();
        } catch (IOException unheard) {
            // An operation that could not be done was not done.
        }
    }
}
