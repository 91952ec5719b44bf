package io.millrace.storage;

/** A copy that is being made, or was. Any thread. */
public interface BackupRun {
    /** How it stands. */
    Progress progress();

    /** Asks for its end; what was copied is deleted. Nothing happens where it has ended. */
    void cancel();

    /** What has become of a copy. */
    enum State {
        /** It is being made. */
        RUNNING,
        /** It is whole, and on stable storage. */
        DONE,
        /** It could not be made. */
        FAILED,
        /** It was not wanted any more. */
        CANCELLED
    }

    /**
     * How a copy stands.
     *
     * @param files the files that were copied
     * @param filesTotal all of them; 0 while that is not known
     * @param bytes the bytes that were copied
     * @param bytesTotal all of them; 0 while that is not known
     * @param error why there is none; empty unless it has failed
     */
    record Progress(State state, int files, int filesTotal, long bytes, long bytesTotal, String error) {}
}
