package io.millrace.storage;

/**
 * The formats that the body of an entry can have: a protocol stores what it received, others translate on delivery.
 * Numbers are on disk and never reused.
 */
public final class BodyFormat {
    /** The broker's own batch of messages (docs/formats/native-body.md). */
    public static final int NATIVE = 1;

    /** A definition of the catalog, JSON (docs/formats/catalog.md). */
    public static final int DEFINITION = 2;

    private BodyFormat() {}
}
