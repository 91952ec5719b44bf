package io.millrace.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/** What a lease record says of groups is read as it was written. */
class LeaseGroupsTest {
    @ParameterizedTest
    @SeedSource(runs = 100)
    void whatIsWrittenIsRead(long seed) {
        var random = new SplittableRandom(seed);
        long[] groups = new long[random.nextInt(300)];
        LeaseGroups written = new LeaseGroups();
        int ofGroups = random.nextInt(11);
        for (int i = 0; i < groups.length; i++) {
            groups[i] = random.nextInt(10) < ofGroups ? random.nextLong(1, 1_000) : 0;
            if (groups[i] == 0) {
                written.addNone();
            } else {
                written.add(groups[i], -groups[i]);
            }
        }
        ByteBuf record = Unpooled.buffer();
        written.writeTo(record);
        LeaseGroups read = new LeaseGroups();
        read.add(7, 7);
        read.read(record);

        assertThat(record.isReadable()).isFalse();
        for (long group : groups) {
            assertThat(read.next()).isEqualTo(group != 0);
            if (group != 0) {
                assertThat(read.high()).isEqualTo(group);
                assertThat(read.low()).isEqualTo(-group);
            }
        }
        assertThat(read.next())
                .as("whether one that was not leased belongs to a group")
                .isFalse();
    }
}
