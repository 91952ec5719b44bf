package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageIdTest {
    @Test
    void whatIsWrittenIsReadAndNothingElse() {
        for (MessageId id : new MessageId[] {new MessageId(1, 0), new MessageId(12, 999_999_999_999_999_999L)}) {
            assertThat(MessageId.parse(id.toString())).isEqualTo(id);
        }
        for (String text :
                new String[] {"", "-", "1-", "-1", "1", "1-2-3", "a-1", "1--2", "1-+2", "1-1000000000000000000"}) {
            assertThat(MessageId.parse(text)).as(text).isNull();
        }
    }
}
