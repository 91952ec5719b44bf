package io.millrace.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no selector is refused, with the place, what was expected there and what was found. */
class SelectorErrorsTest {
    private static final String ERRORS =
            """
            # The text ends too early.
            a =                  | 4  | a name, a literal or (         | the end
            a = 1 AND            | 10 | a name, a literal or (         | the end
            (a = 1               | 7  | an operator or )               | the end
            a = 'x               | 7  | ' at the end                   | the end
            a = 'x''             | 9  | ' at the end                   | the end
            "a                  | 3  | " at the end                  | the end
            a BETWEEN 1          | 12 | AND and the upper bound        | the end
            a IN ('x'            | 10 | , or )                         | the end
            a IS                 | 5  | NULL or NOT NULL               | the end
            a IS NOT             | 9  | NULL                           | the end
            a LIKE 'x' ESCAPE    | 18 | one character                  | the end
            NOT                  | 4  | a name, a literal or (         | the end
            -                    | 2  | a name, a literal or (         | the end
            # Something else is there.
            a = = 1              | 5  | a name, a literal or (         | =
            a 1                  | 3  | an operator or the end         | 1
            a = 1 b              | 7  | an operator or the end         | b
            a = 1)               | 6  | an operator or the end         | )
            (a = 1 b)            | 8  | an operator or )               | b
            a = b = c            | 7  | an operator or the end         | =
            a = 1 = TRUE         | 7  | an operator or the end         | =
            ()                   | 2  | a name, a literal or (         | )
            a NOT = 1            | 7  | BETWEEN, IN or LIKE            | =
            a != 1               | 3  | a name, a literal, an operator | != 1
            a == 1               | 4  | a name, a literal or (         | =
            a = #                | 5  | a name, a literal, an operator | #
            a = {b}              | 5  | a name, a literal, an operator | {b}
            a = 1; b             | 6  | a name, a literal, an operator | ; b
            a = AND              | 5  | a name, a literal or (         | AND
            a = null             | 5  | a name, a literal or (         | null
            a AND OR b           | 7  | a name, a literal or (         | OR
            a = 1 -- 'remark'    | 10 | a number                       | 'remark'
            a BETWEEN 1 OR 2     | 13 | AND and the upper bound        | OR
            # Texts.
            a IN 'x'             | 6  | ( and texts                    | 'x'
            a IN ()              | 7  | a text in single quotes        | )
            a IN ('x',)          | 11 | a text in single quotes        | )
            a IN (1)             | 7  | a text in single quotes        | 1
            a IN (b)             | 7  | a text in single quotes        | b
            a LIKE b             | 8  | a pattern in single quotes     | b
            a LIKE 1             | 8  | a pattern in single quotes     | 1
            a LIKE 'x' ESCAPE b  | 19 | one character                  | b
            a LIKE 'x' ESCAPE '' | 19 | one character                  | ''
            a LIKE 'x' ESCAPE 'bc' | 19 | one character                | 'bc'
            a LIKE 'x!y' ESCAPE '!' | 8 | before %, _ or itself         | 'x!y'
            a LIKE 'x!' ESCAPE '!' | 8 | before %, _ or itself          | 'x!'
            1 LIKE 'x'           | 1  | the name of a text             | 1
            a + 1 LIKE 'x'       | 1  | the name of a text             | a + 1
            'a' IN ('x')         | 1  | the name of a text             | 'a'
            JMSPriority LIKE 'x' | 1  | the name of a text             | JMSPriority
            millrace.dueMillis IN ('x') | 1 | the name of a text        | millrace.dueMillis
            a = 1 IS NULL        | 7  | an operator or the end         | IS
            1 IS NULL            | 1  | a name in front of IS          | 1
            (a = 1) IS NULL      | 1  | a name in front of IS          | (a = 1)
            # Types that cannot be what is needed.
            1                    | 1  | a condition                    | 1
            'x'                  | 1  | a condition                    | 'x'
            a + 1                | 1  | a condition                    | a + 1
            a AND 1              | 7  | a condition                    | 1
            1 OR a               | 1  | a condition                    | 1
            NOT 'x'              | 5  | a condition                    | 'x'
            NOT a + 1            | 5  | a condition                    | a + 1
            a = 1 AND (b + 2)    | 11 | a condition                    | (b + 2)
            JMSTimestamp         | 1  | a condition                    | JMSTimestamp
            a < 'x'              | 5  | a number                       | 'x'
            'x' >= a             | 1  | a number                       | 'x'
            a > TRUE             | 5  | a number                       | TRUE
            (a = 1) < 2          | 1  | a number                       | (a = 1)
            JMSMessageID > 2     | 1  | a number                       | JMSMessageID
            a BETWEEN 'x' AND 'y' | 11 | a number                      | 'x'
            a BETWEEN 1 AND 'y'  | 17 | a number                       | 'y'
            'x' BETWEEN 1 AND 2  | 1  | a number                       | 'x'
            a = 'x' + 1          | 5  | a number                       | 'x'
            a = 1 + 'x'          | 9  | a number                       | 'x'
            a = 2 * TRUE         | 9  | a number                       | TRUE
            a = 2 / (b = 1)      | 9  | a number                       | (b = 1)
            a = -'x'             | 6  | a number                       | 'x'
            # Numbers.
            a = 9223372036854775808 | 5 | a whole number of 64 bits     | 9223372036854775808
            a = -(9223372036854775808) | 7 | a whole number of 64 bits  | 9223372036854775808
            a = -9223372036854775809 | 6 | a whole number of 64 bits    | 9223372036854775809
            a = 0x10000000000000000 | 5 | a whole number of 64 bits     | 0x10000000000000000
            a = 09               | 5  | octal digits                   | 09
            a = 0x               | 7  | a hexadecimal digit            | the end
            a = 0b2              | 7  | a binary digit                 | 2
            a = 1_               | 7  | a digit                        | the end
            a = 1e               | 7  | a digit of an exponent         | the end
            a = 1e+x             | 8  | a digit of an exponent         | x
            a = 0x1.8            | 10 | p and an exponent of two       | the end
            a = 1e309            | 5  | a number that a double has room | 1e309
            a = 1e-400           | 5  | a number that a double has room | 1e-400
            a = 0x0.1p-2000      | 5  | a number that a double has room | 0x0.1p-2000
            a = 1e39f            | 5  | a number that a float has room | 1e39f
            a = 5x               | 6  | an operator or the end         | x
            a = 1.5.5            | 8  | an operator or the end         | .5
            # Names of the broker.
            millrace.prio = 1    | 1  | one of millrace.key            | millrace.prio
            JMSPrio = 1          | 1  | one of JMSDeliveryMode         | JMSPrio
            JMSReplyTo = 'x'     | 1  | one of JMSDeliveryMode         | JMSReplyTo
            JMSDestination = 'x' | 1  | one of JMSDeliveryMode         | JMSDestination
            JMSExpiration = 1    | 1  | one of JMSDeliveryMode         | JMSExpiration
            "" = 1             | 1  | a name between the quotes      | ""
            """;

    private static SelectorException refusal(String text) {
        SelectorException refusal = catchThrowableOfType(SelectorException.class, () -> Selector.compile(text));
        assertThat(refusal).as(text).isNotNull();
        return refusal;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = ERRORS)
    void theErrorSaysWhereWhatWasExpectedAndWhatWasFound(String text, int position, String expected, String found) {
        SelectorException refusal = refusal(text);

        assertThat(refusal.position()).as(refusal.getMessage()).isEqualTo(position);
        assertThat(refusal.expected()).contains(expected);
        assertThat(refusal.found()).isEqualTo(found);
        assertThat(refusal)
                .hasMessage("at character " + position + ": expected " + refusal.expected() + ", found " + found);
    }

    @Test
    void placesAreCountedInCharactersNotInTheirHalves() {
        assertThat(refusal("a = '\uD834\uDD1E' b").position()).isEqualTo(9);
        assertThat(refusal("a = '\uD834' b").expected()).contains("not half of one");
        assertThat(refusal("\"\uDD1E\" = 1").position()).isEqualTo(2);
    }

    @Test
    void whatWasFoundIsShortAndOnOneLine() {
        assertThat(refusal("a = 1 '" + "x".repeat(1_000) + "'").found()).isEqualTo("'" + "x".repeat(39) + "...");
        assertThat(refusal("a = 1 'x\ny\u2028z\u202E\u0000'").found()).isEqualTo("'x?y?z??'");
    }

    @Test
    void lettersBeyondAsciiMakeNoKeyword() {
        // The capital of the first is I; the small letter of the second is k.
        assertThat(refusal("a l\u0131ke 'x'").expected()).isEqualTo("an operator or the end");
        assertThat(refusal("a LI\u212AE 'x'").expected()).isEqualTo("an operator or the end");
        assertThat(refusal("a \u0130N ('x')").expected()).isEqualTo("an operator or the end");
    }

    @Test
    void aSpaceThatIsNoneForJavaIsRefused() {
        assertThat(refusal("a\u00A0= 1").position()).isEqualTo(2);
        assertThat(refusal("a\u000B= 1").position()).isEqualTo(2);
    }
}
