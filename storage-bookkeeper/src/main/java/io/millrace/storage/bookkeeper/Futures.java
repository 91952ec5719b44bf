package io.millrace.storage.bookkeeper;

import io.millrace.storage.OwnershipLostException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for what runs on other threads, for those who may wait: the opening thread and the agent of the segments. */
final class Futures {
    private Futures() {}

    /** Waits up to {@code millis} for {@code future}; {@code what} is for the exception. */
    static <T> T await(CompletableFuture<T> future, long millis, String what) throws IOException {
        try {
            return future.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(what, e);
        } catch (TimeoutException e) {
            throw new IOException(what + ": no answer within " + millis + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(what + ": interrupted", e);
        }
    }

    /** {@code failure} as an exception to hand on: one that says something to our callers stays what it is. */
    static IOException failure(String what, Throwable failure) {
        Throwable cause = cause(failure);
        return cause instanceof OwnershipLostException lost ? lost : new IOException(what + ": " + cause, cause);
    }

    /** What is behind the wrappers that futures put around a failure. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
