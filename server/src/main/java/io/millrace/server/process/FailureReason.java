package io.millrace.server.process;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** A failure in the words of a user: the JDK's file exceptions often say no more than the file's name. */
public final class FailureReason {
    private FailureReason() {}

    /** Why {@code failure} happened, in one line. */
    public static String of(Throwable failure) {
        String reason = failure instanceof FileSystemException file ? ofFile(file) : failure.getMessage();
        String text = reason == null || reason.isBlank() ? failure.getClass().getSimpleName() : reason;
        return text.replaceAll("\\R", " ").replaceAll("\\p{Cntrl}", "?");
    }

    private static String ofFile(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return failure.getFile() + ": there is no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return failure.getFile() + ": this user may not do that";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return failure.getFile() + ": there is already something of this name";
        }
        if (failure instanceof NotDirectoryException) {
            return failure.getFile() + ": this is no directory";
        }
        return String.valueOf(failure.getMessage());
    }
}
