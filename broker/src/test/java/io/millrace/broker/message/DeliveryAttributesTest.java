package io.millrace.broker.message;

import static io.millrace.broker.message.DeliveryAttributes.UNSAID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryAttributesTest {
    @Test
    void everyBoundIsAllowed() {
        long span = DeliveryAttributes.SPAN_MILLIS_MAX;
        long date = DeliveryAttributes.DATE_MILLIS_MAX;
        assertThat(new DeliveryAttributes(0, 0, UNSAID, 1, UNSAID).delayMillis())
                .isZero();
        assertThat(new DeliveryAttributes(0xFFFF_FFFFL, span, UNSAID, span, UNSAID).delayMillis())
                .isEqualTo(span);
        assertThat(new DeliveryAttributes(UNSAID, UNSAID, date, UNSAID, date).dueMillis())
                .isEqualTo(date);
        assertThat(Instant.ofEpochMilli(date)).hasToString("9999-12-31T23:59:59.999Z");
    }

    @ParameterizedTest
    @CsvSource({
        "-2,-1,-1,-1,-1,priority",
        "4294967296,-1,-1,-1,-1,priority",
        "-1,-2,-1,-1,-1,delayMillis",
        "-1,3153600000001,-1,-1,-1,delayMillis",
        "-1,-1,0,-1,-1,dueMillis",
        "-1,-1,253402300800000,-1,-1,dueMillis",
        "-1,-1,-1,0,-1,timeToLiveMillis",
        "-1,-1,-1,3153600000001,-1,timeToLiveMillis",
        "-1,-1,-1,-1,0,expiryMillis",
        "-1,-1,-1,-1,253402300800000,expiryMillis",
        "-1,0,1,-1,-1,not both",
        "-1,-1,-1,1,1,not both"
    })
    void whatCannotBeIsRefused(
            long priority, long delayMillis, long dueMillis, long timeToLiveMillis, long expiryMillis, String fault) {
        assertThatThrownBy(
                        () -> new DeliveryAttributes(priority, delayMillis, dueMillis, timeToLiveMillis, expiryMillis))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(fault);
    }
}
