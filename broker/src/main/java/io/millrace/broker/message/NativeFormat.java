package io.millrace.broker.message;

/**
 * Constants of the native body (docs/formats/native-body.md): a table of the ends of the messages, four bytes each,
 * counted from the start of the body; then the messages. A message is the length of its properties (four bytes), the
 * properties, the body. A property is its id (one byte), the length of its value (four bytes), the value; a header's
 * value is the length of its name (two bytes), the name, the type of the value (one byte), the value. Big-endian,
 * strings in UTF-8. Numbers are on disk and never reused; an unknown property is passed over.
 */
final class NativeFormat {
    static final int TABLE_ENTRY_BYTES = 4;
    static final int PROPERTIES_LENGTH_BYTES = 4;
    static final int PROPERTY_HEADER_BYTES = 5;
    static final int NAME_LENGTH_BYTES = 2;
    static final int STRING_BYTES_MAX = 65_535;

    static final byte KEY = 1;
    static final byte CONTENT_TYPE = 2;
    static final byte CORRELATION_ID = 3;
    static final byte REPLY_TO = 4;
    static final byte MESSAGE_ID = 5;
    static final byte HEADER = 6;
    static final byte GROUP = 7;
    static final byte DEDUPLICATION_ID = 8;
    static final byte ORIGIN = 9;
    static final byte DEATH = 10;

    static final byte TYPE_STRING = 1;
    static final byte TYPE_LONG = 2;
    static final byte TYPE_DOUBLE = 3;
    static final byte TYPE_BOOLEAN = 4;
    static final byte TYPE_BYTES = 5;

    private NativeFormat() {}
}
