package io.millrace.storage;

import java.io.IOException;
import java.util.List;

/** The checkpoint of an owner that needs nothing but the records from one position on. */
public final class TrimCheckpoint extends Checkpoint {
    private final Runnable whenAnswered;

    public TrimCheckpoint(long replayFrom, Runnable whenAnswered) {
        super(replayFrom, List.of(), new byte[0]);
        this.whenAnswered = whenAnswered;
    }

    @Override
    public void onStored() {
        whenAnswered.run();
    }

    @Override
    public void onFailed(IOException reason) {
        whenAnswered.run();
    }
}
