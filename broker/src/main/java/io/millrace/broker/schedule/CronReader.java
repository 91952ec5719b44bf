package io.millrace.broker.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.field.CronFieldName;
import com.cronutils.model.field.expression.Always;
import com.cronutils.model.field.expression.And;
import com.cronutils.model.field.expression.Between;
import com.cronutils.model.field.expression.Every;
import com.cronutils.model.field.expression.FieldExpression;
import com.cronutils.model.field.expression.On;
import com.cronutils.parser.CronParser;
import io.millrace.broker.schedule.CronExpression.Fields;

/**
 * Reads cron expressions in the dialect of Unix (POSIX {@code crontab}, with names, steps and 7 for Sunday, as Vixie's
 * cron has them): minute, hour, day of month, month and day of week, and the second before them, or none, which is
 * second 0. As there, of two days of which neither begins with {@code *} one has to fit. Stateless; any thread.
 */
final class CronReader {
    private static final int TEXT_CHARS_MAX = 200;
    private static final int FIELDS = 5;
    private static final int DAYS_OF_WEEK = 7;

    private static final CronParser OF_MINUTES = new CronParser(fieldsFromMinutes(CronDefinitionBuilder.defineCron()));
    private static final CronParser OF_SECONDS = new CronParser(fieldsFromMinutes(CronDefinitionBuilder.defineCron()
            .withSeconds()
            .withValidRange(0, 59)
            .withStrictRange()
            .and()));

    private CronReader() {}

    private static CronDefinition fieldsFromMinutes(CronDefinitionBuilder builder) {
        return builder.withMinutes()
                .withValidRange(0, 59)
                .withStrictRange()
                .and()
                .withHours()
                .withValidRange(0, 23)
                .withStrictRange()
                .and()
                .withDayOfMonth()
                .withValidRange(1, 31)
                .withStrictRange()
                .and()
                .withMonth()
                .withValidRange(1, 12)
                .withStrictRange()
                .and()
                .withDayOfWeek()
                .withValidRange(0, DAYS_OF_WEEK)
                .withMondayDoWValue(1)
                .withStrictRange()
                .and()
                .instance();
    }

    /** Reads {@code text}; an {@link IllegalArgumentException} says what is wrong with it. */
    static CronExpression read(String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            throw new IllegalArgumentException("cron has more than " + TEXT_CHARS_MAX + " characters");
        }
        if (text.indexOf('|') >= 0) {
            throw new IllegalArgumentException("cron is one expression, not several with | between them");
        }
        String[] words = text.strip().split("\\s+", -1);
        if (words.length != FIELDS && words.length != FIELDS + 1) {
            throw new IllegalArgumentException("cron has " + words.length
                    + " fields, not 5 (minute, hour, day of month, month, day of week) or 6 (the second before them)");
        }
        int first = words.length - FIELDS;
        Cron cron = parse(first == 0 ? OF_MINUTES : OF_SECONDS, String.join(" ", words));
        long week = values(cron, CronFieldName.DAY_OF_WEEK, 0, DAYS_OF_WEEK);
        return new CronExpression(
                text,
                new Fields(
                        first == 0 ? 1 : values(cron, CronFieldName.SECOND, 0, 59),
                        values(cron, CronFieldName.MINUTE, 0, 59),
                        values(cron, CronFieldName.HOUR, 0, 23),
                        values(cron, CronFieldName.DAY_OF_MONTH, 1, 31),
                        values(cron, CronFieldName.MONTH, 1, 12),
                        week | week >>> DAYS_OF_WEEK, // Sunday is 0 and 7
                        !words[first + 2].startsWith("*") && !words[first + 4].startsWith("*"),
                        words[first + 1].startsWith("*")));
    }

    private static Cron parse(CronParser parser, String text) {
        try {
            return parser.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cron is not well-formed: " + e.getMessage(), e);
        }
    }

    private static long values(Cron cron, CronFieldName name, int least, int most) {
        return values(cron.retrieve(name).getExpression(), least, most);
    }

    private static long values(FieldExpression expression, int least, int most) {
        if (expression instanceof Always) {
            return steps(least, most, 1);
        }
        if (expression instanceof On on) {
            int value = on.getTime().getValue();
            return steps(value, value, 1);
        }
        if (expression instanceof Between range) {
            return steps(
                    number(range.getFrom().getValue()), number(range.getTo().getValue()), 1);
        }
        if (expression instanceof Every every) {
            int step = Math.max(1, every.getPeriod().getValue());
            FieldExpression of = every.getExpression();
            if (of instanceof Between range) {
                return steps(
                        number(range.getFrom().getValue()), number(range.getTo().getValue()), step);
            }
            return steps(of instanceof On on ? on.getTime().getValue() : least, most, step);
        }
        if (expression instanceof And and) {
            return and.getExpressions().stream()
                    .mapToLong(each -> values(each, least, most))
                    .reduce(0, (all, each) -> all | each);
        }
        throw new IllegalArgumentException("cron has something that is not understood: " + expression.asString());
    }

    private static int number(Object value) {
        if (value instanceof Integer number) {
            return number;
        }
        throw new IllegalArgumentException("cron has a range of something else than numbers");
    }

    private static long steps(int from, int to, int step) {
        long values = 0;
        for (int value = from; value <= to; value += step) {
            values |= 1L << value;
        }
        return values;
    }
}
