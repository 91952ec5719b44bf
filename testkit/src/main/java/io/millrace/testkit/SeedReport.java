package io.millrace.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Puts the seed into the stack trace of a failure, because not every report shows the name of the run. */
final class SeedReport implements TestExecutionExceptionHandler {
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        failure.addSuppressed(new Run(context.getDisplayName()));
        throw failure;
    }

    /** Says which run failed; has no stack trace of its own. */
    static final class Run extends Exception {
        Run(String name) {
            super(name, null, false, false);
        }
    }
}
