package io.millrace.server.client;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a moment, as milliseconds since 1970 or as ISO 8601 has it, with its zone. Any thread. */
final class DateOption implements ITypeConverter<Long> {
    private static final String MILLIS = "\\d{1,18}";

    @Override
    public Long convert(String text) {
        try {
            return text.matches(MILLIS)
                    ? Long.parseLong(text)
                    : ZonedDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is neither a date with time and zone, such as"
                    + " 2027-01-31T18:00:00+01:00 or 2027-01-31T17:00:00Z, nor milliseconds since 1970");
        }
    }
}
