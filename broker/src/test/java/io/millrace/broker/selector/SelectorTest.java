package io.millrace.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.MessageProperty;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of Jakarta Messaging 3.1, section 3.8.1, one by one. */
class SelectorTest {
    private static final String CONDITIONS =
            """
            # Literals.
            color = 'red'                          | TRUE
            color = 'RED'                          | FALSE
            quoted = 'it''s'                       | TRUE
            empty = ''                             | TRUE
            amount = 57                            | TRUE
            amount = +57                           | TRUE
            minus = -3                             | TRUE
            weight = 2.5                           | TRUE
            weight = 25e-1                         | TRUE
            weight = 0.25E1                        | TRUE
            urgent = TRUE                          | TRUE
            late = false                           | TRUE
            # Names, whose case counts.
            Color = 'blue'                         | TRUE
            COLOR = 'red'                          | UNKNOWN
            _x1$ = 'java'                          | TRUE
            größe = 7                              | TRUE
            "x-trace" = 't1'                     | TRUE
            "say ""hi""\" = 'ho'              | TRUE
            app.level = 3                          | TRUE
            "color" = 'red'                      | TRUE
            # A name alone, or a literal, as a condition.
            urgent                                 | TRUE
            late                                   | FALSE
            TRUE                                   | TRUE
            FALSE                                  | FALSE
            nothing                                | UNKNOWN
            color                                  | UNKNOWN
            # Comparisons.
            amount <> 58                           | TRUE
            amount < 58                            | TRUE
            amount < 57                            | FALSE
            amount <= 57                           | TRUE
            amount <= 56                           | FALSE
            amount > 56                            | TRUE
            amount > 57                            | FALSE
            amount >= 57                           | TRUE
            amount >= 58                           | FALSE
            58 > amount                            | TRUE
            amount = 57.0                          | TRUE
            amount < 57.5                          | TRUE
            weight > 2                             | TRUE
            weight <> 2.5                          | FALSE
            color <> 'blue'                        | TRUE
            urgent <> late                         | TRUE
            urgent = late                          | FALSE
            color = Color                          | FALSE
            color = color                          | TRUE
            (amount > 1) = TRUE                    | TRUE
            (nothing > 1) = TRUE                   | UNKNOWN
            NaN = NaN                              | FALSE
            NaN <> NaN                             | TRUE
            NaN < 1                                | FALSE
            0.0 = -0.0                             | TRUE
            # Values of different types, and an order that texts and truths do not have.
            color = 57                             | FALSE
            color <> 57                            | FALSE
            amount = '57'                          | FALSE
            amount <> '57'                         | FALSE
            amount = TRUE                          | FALSE
            urgent = 'true'                        | FALSE
            color < Color                          | FALSE
            color >= color                         | FALSE
            urgent > late                          | FALSE
            color > 1                              | FALSE
            digest = digest                        | FALSE
            digest <> 'x'                          | FALSE
            # Null.
            nothing = 1                            | UNKNOWN
            nothing <> 1                           | UNKNOWN
            nothing = nothing                      | UNKNOWN
            nothing < 1                            | UNKNOWN
            1 < nothing                            | UNKNOWN
            nothing + 1 = 2                        | UNKNOWN
            1 - nothing = 2                        | UNKNOWN
            -nothing = 2                           | UNKNOWN
            nothing IS NULL                        | TRUE
            nothing IS NOT NULL                    | FALSE
            color IS NULL                          | FALSE
            color IS NOT NULL                      | TRUE
            digest IS NOT NULL                     | TRUE
            empty IS NULL                          | FALSE
            # Three truths.
            urgent AND urgent                      | TRUE
            urgent AND late                        | FALSE
            late AND nothing                       | FALSE
            nothing AND late                       | FALSE
            urgent AND nothing                     | UNKNOWN
            nothing AND urgent                     | UNKNOWN
            nothing AND nothing                    | UNKNOWN
            late AND late                          | FALSE
            late OR late                           | FALSE
            late OR urgent                         | TRUE
            nothing OR urgent                      | TRUE
            urgent OR nothing                      | TRUE
            nothing OR late                        | UNKNOWN
            late OR nothing                        | UNKNOWN
            nothing OR nothing                     | UNKNOWN
            NOT urgent                             | FALSE
            NOT late                               | TRUE
            NOT nothing                            | UNKNOWN
            NOT NOT urgent                         | TRUE
            NOT NOT NOT urgent                     | FALSE
            # Precedence.
            urgent OR late AND late                | TRUE
            (urgent OR late) AND late              | FALSE
            NOT late AND urgent                    | TRUE
            NOT late OR urgent AND late            | TRUE
            NOT (late OR urgent)                   | FALSE
            NOT amount = 58                        | TRUE
            1 + 2 * 3 = 7                          | TRUE
            (1 + 2) * 3 = 9                        | TRUE
            10 - 4 - 3 = 3                         | TRUE
            10 - (4 - 3) = 9                       | TRUE
            100 / 10 / 5 = 2                       | TRUE
            100 / 10 * 5 = 50                      | TRUE
            -2 * -3 = 6                            | TRUE
            2 - -3 = 5                             | TRUE
            - - 2 = 2                              | TRUE
            -(1 + 2) = -3                          | TRUE
            -amount = -57                          | TRUE
            +amount = 57                           | TRUE
            -weight = -2.5                         | TRUE
            # Arithmetic.
            amount + 1 = 58                        | TRUE
            amount - 1 = 56                        | TRUE
            amount * 2 = 114                       | TRUE
            amount / 2 = 28                        | TRUE
            amount / 2.0 = 28.5                    | TRUE
            minus / 2 = -1                         | TRUE
            weight * 2 = 5                         | TRUE
            1 + weight = 3.5                       | TRUE
            1 / 0 = 1                              | UNKNOWN
            amount / (amount - 57) = 1             | UNKNOWN
            1 / 0.0 > 1                            | TRUE
            9223372036854775807 + 1 < 0            | TRUE
            color + 1 = 2                          | UNKNOWN
            1 + color = 2                          | UNKNOWN
            +color = 'red'                         | UNKNOWN
            urgent + 1 = 2                         | UNKNOWN
            # BETWEEN.
            amount BETWEEN 57 AND 57               | TRUE
            amount BETWEEN 50 AND 60               | TRUE
            amount BETWEEN 58 AND 60               | FALSE
            amount BETWEEN 50 AND 56               | FALSE
            amount BETWEEN 60 AND 50               | FALSE
            amount NOT BETWEEN 58 AND 60           | TRUE
            amount NOT BETWEEN 50 AND 56           | TRUE
            amount NOT BETWEEN 57 AND 57           | FALSE
            amount + 1 BETWEEN 57 + 1 AND 29 * 2   | TRUE
            weight BETWEEN 2 AND 3                 | TRUE
            nothing BETWEEN 1 AND 2                | UNKNOWN
            amount BETWEEN nothing AND 60          | UNKNOWN
            amount BETWEEN nothing AND 50          | FALSE
            amount NOT BETWEEN nothing AND 50      | TRUE
            color BETWEEN 1 AND 2                  | FALSE
            color NOT BETWEEN 1 AND 2              | FALSE
            amount BETWEEN 1 AND 99 AND urgent     | TRUE
            # IN.
            color IN ('red')                       | TRUE
            color IN ('blue', 'red', 'green')      | TRUE
            color IN ('blue', 'green')             | FALSE
            color IN ('blue', 'blue')              | FALSE
            color NOT IN ('blue', 'green')         | TRUE
            color NOT IN ('blue', 'red')           | FALSE
            nothing IN ('red')                     | UNKNOWN
            nothing NOT IN ('red')                 | UNKNOWN
            amount IN ('57')                       | FALSE
            amount NOT IN ('57')                   | TRUE
            empty IN ('', 'a')                     | TRUE
            # LIKE.
            color LIKE 'r_d'                       | TRUE
            color LIKE 'r%'                        | TRUE
            color LIKE '%e%'                       | TRUE
            color LIKE 're'                        | FALSE
            color NOT LIKE 'r_d'                   | FALSE
            color NOT LIKE 'b%'                    | TRUE
            nothing LIKE '%'                       | UNKNOWN
            nothing NOT LIKE '%'                   | UNKNOWN
            amount LIKE '57'                       | FALSE
            amount NOT LIKE '57'                   | TRUE
            quoted LIKE '%''s'                     | TRUE
            # Keywords, and white space.
            color like 'r%' and not (amount between 1 and 2) | TRUE
            cOlOr = 'red' oR nothing Is nUlL       | TRUE
            color='red'AND(amount=57)              | TRUE
            amount=57OR late                       | TRUE
            """;

    private static FakeMessage message() {
        return new FakeMessage()
                .with("color", "red")
                .with("empty", "")
                .with("quoted", "it's")
                .with("amount", 57L)
                .with("minus", -3L)
                .with("weight", 2.5)
                .with("urgent", true)
                .with("late", false)
                .with("digest", new byte[] {1, 2})
                .with("_x1$", "java")
                .with("größe", 7L)
                .with("x-trace", "t1")
                .with("app.level", 3L)
                .with("say \"hi\"", "ho")
                .with("Color", "blue")
                .with("NaN", Double.NaN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = CONDITIONS)
    void aConditionIsTrueFalseOrUnknown(String condition, Truth expected) {
        assertThat(message().truthOf(condition)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\r\n\f "})
    void aBlankTextSelectsEverything(String blank) {
        assertThat(message().isSelectedBy(blank)).isTrue();
    }

    @Test
    void whiteSpaceIsThatOfJava() {
        assertThat(message().isSelectedBy("\n\tcolor\f=\r\n'red' ")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "00, 0",
        "017, 15",
        "0x1F, 31",
        "0Xff, 255",
        "0b101, 5",
        "0B11, 3",
        "57L, 57",
        "57l, 57",
        "0x10L, 16",
        "1_000, 1000",
        "1__0, 10",
        "0x1_0, 16",
        "0_17, 15",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "- 9223372036854775808, -9223372036854775808",
        "0x7fffffffffffffff, 9223372036854775807",
        "0xffffffffffffffff, -1",
        "0xffffffff, 4294967295",
        "01777777777777777777777, -1",
        "2147483648, 2147483648"
    })
    void aWholeNumberIsWrittenAsInJavaAndHas64Bits(String literal, long value) {
        FakeMessage message = new FakeMessage().with("x", value).with("y", value + 1);

        assertThat(message.truthOf("x = " + literal)).isEqualTo(Truth.TRUE);
        assertThat(message.truthOf("y = " + literal)).isEqualTo(Truth.FALSE);
    }

    @ParameterizedTest
    @CsvSource({
        "7., 7",
        ".5, 0.5",
        "95.7, 95.7",
        "7E3, 7000",
        "57.9e2, 5790",
        "1.e1, 10",
        "1e+2, 100",
        "1e-2, 0.01",
        "1f, 1",
        "1d, 1",
        "1.5D, 1.5",
        "09.5, 9.5",
        "09e0, 9",
        "0x1.8p1, 3",
        "0x.8p0, 0.5",
        "0xAp0, 10",
        "0x1.P-1, 0.5",
        "1_0.0_1, 10.01",
        "0.0, 0",
        "0e5, 0",
        "4.9e-324, 4.9e-324",
        "1.7976931348623157e308, 1.7976931348623157e308"
    })
    void anyOtherNumberIsWrittenAsInJavaAndIsADouble(String literal, double value) {
        FakeMessage message = new FakeMessage().with("x", value).with("y", Math.nextUp(value));

        assertThat(message.truthOf("x = " + literal)).isEqualTo(Truth.TRUE);
        assertThat(message.truthOf("y = " + literal)).isEqualTo(Truth.FALSE);
        assertThat(message.truthOf("x * 3 / 2.0 = " + literal + " * 3 / 2.0")).isEqualTo(Truth.TRUE);
    }

    @Test
    void aFloatHasThePrecisionOfOne() {
        assertThat(new FakeMessage().with("x", (double) 1.1f).truthOf("x = 1.1f"))
                .isEqualTo(Truth.TRUE);
        assertThat(new FakeMessage().with("x", 1.1).truthOf("x = 1.1f")).isEqualTo(Truth.FALSE);
    }

    @Test
    void aWholeNumberIsPromotedAsJavaDoes() {
        FakeMessage message = new FakeMessage().with("x", (1L << 53) + 1);

        assertThat(message.truthOf("x = 9007199254740992.0")).isEqualTo(Truth.TRUE);
        assertThat(message.truthOf("x = 9007199254740992")).isEqualTo(Truth.FALSE);
    }

    @Test
    void fieldsOfTheBrokerHaveNamesThatNoHeaderTakes() {
        FakeMessage message = new FakeMessage()
                .with(MessageProperty.KEY, "k")
                .with(MessageProperty.CONTENT_TYPE, "text/plain")
                .with(MessageProperty.CORRELATION_ID, "c")
                .with(MessageProperty.REPLY_TO, "r")
                .with(MessageProperty.MESSAGE_ID, "m")
                .with(MessageProperty.GROUP, "g")
                .with(MessageProperty.DEDUPLICATION_ID, "d")
                .with(SelectorField.PRIORITY, 7)
                .with(SelectorField.DUE, 100)
                .with(SelectorField.EXPIRY, 200)
                .with(SelectorField.PUBLISHED, 50)
                .with(SelectorField.DELIVERY_COUNT, 2);
        for (String name : List.of("millrace.key", "JMSPriority", "JMSCorrelationID", "key", "priority")) {
            message.with(name, "of a header");
        }

        for (String condition : List.of(
                "millrace.key = 'k'",
                "millrace.contentType = 'text/plain'",
                "millrace.correlationId = 'c' AND JMSCorrelationID = 'c'",
                "millrace.replyTo = 'r'",
                "millrace.messageId = 'm' AND JMSMessageID = 'm'",
                "millrace.group = 'g' AND JMSXGroupID = 'g'",
                "millrace.deduplicationId = 'd'",
                "millrace.priority = 7",
                "millrace.dueMillis = 100",
                "millrace.expiryMillis = 200",
                "millrace.publishedMillis = 50 AND JMSTimestamp = 50",
                "millrace.deliveryCount = 2 AND JMSXDeliveryCount = 3",
                "JMSDeliveryMode = 'PERSISTENT'",
                "\"millrace.key\" = 'of a header' AND \"JMSPriority\" = 'of a header'",
                "\"JMSCorrelationID\" = 'of a header'",
                "key = 'of a header' AND priority = 'of a header'")) {
            assertThat(message.truthOf(condition)).as(condition).isEqualTo(Truth.TRUE);
        }
    }

    @Test
    void whatAMessageDoesNotSayIsNull() {
        for (SelectorField field : SelectorField.values()) {
            assertThat(new FakeMessage().truthOf(field.spelling() + " IS NULL"))
                    .as(field.spelling())
                    .isEqualTo(Truth.TRUE);
        }
        assertThat(new FakeMessage().truthOf("JMSPriority IS NULL AND JMSXDeliveryCount IS NULL"))
                .isEqualTo(Truth.TRUE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 9",
        "429496729, 9",
        "429496730, 8",
        "2147483647, 5",
        "2147483648, 4",
        "2576980377, 4",
        "2576980378, 3",
        "4294967295, 0"
    })
    void aPriorityOfJakartaMessagingIsATenthOfTheBrokers(long priority, int jmsPriority) {
        FakeMessage message = new FakeMessage().with(SelectorField.PRIORITY, priority);

        assertThat(message.truthOf("JMSPriority = " + jmsPriority)).isEqualTo(Truth.TRUE);
    }

    @Test
    void namesThatApplicationsAndProvidersMaySetAreHeaders() {
        FakeMessage message = new FakeMessage()
                .with("JMSXUserID", "ada")
                .with("JMS_IBM_Format", "x")
                .with("JMSType", "car");

        assertThat(message.truthOf("JMSXUserID = 'ada' AND JMS_IBM_Format = 'x' AND JMSType LIKE 'c%'"))
                .isEqualTo(Truth.TRUE);
    }

    @Test
    void ofAHeaderThatIsThereTwiceTheFirstOneCounts() {
        SelectorMessage twice = values -> {
            new FakeMessage().with("a", "first").fill(values);
            new FakeMessage().with("a", "second").fill(values);
        };

        assertThat(Selector.compile("a = 'first'").newMatcher().matches(twice)).isTrue();
    }

    @Test
    void aMatcherForgetsTheMessageBefore() {
        SelectorMatcher matcher =
                Selector.compile("a = 1 AND millrace.priority = 2").newMatcher();

        assertThat(matcher.matches(new FakeMessage().with("a", 1L).with(SelectorField.PRIORITY, 2)))
                .isTrue();
        assertThat(matcher.matches(new FakeMessage().with("a", 1L))).isFalse();
        assertThat(matcher.matches(new FakeMessage().with(SelectorField.PRIORITY, 2)))
                .isFalse();
    }

    @Test
    void whatConditionsReadIsCountedATextOnceForEach() {
        FakeMessage message = new FakeMessage().with("a", "12345").with("n", 1L);
        SelectorMatcher matcher = Selector.compile(
                        "a LIKE '%x%' OR a IN ('x') OR a = 'x' OR n = 1 OR a LIKE 'not looked at'")
                .newMatcher();

        matcher.matches(message);
        assertThat(matcher.bytesRead()).isEqualTo(15);
        matcher.matches(message);
        assertThat(matcher.bytesRead()).isEqualTo(30);
    }

    @Test
    void matchersOfOneSelectorDoNotTouchEachOther() {
        Selector selector = Selector.compile("a + 1 = 2");
        SelectorMatcher one = selector.newMatcher();
        SelectorMatcher other = selector.newMatcher();

        assertThat(one.matches(values -> {
                    new FakeMessage().with("a", 1L).fill(values);
                    other.matches(new FakeMessage().with("a", 5L));
                }))
                .isTrue();
        assertThat(selector.text()).isEqualTo("a + 1 = 2");
    }
}
