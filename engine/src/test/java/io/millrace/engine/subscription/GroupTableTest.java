package io.millrace.engine.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** A group is found by both halves of its hash, and its slot keeps what was noted, whoever comes and goes. */
class GroupTableTest {
    private record Group(long high, long low) {}

    private record Noted(int slot, long head, long round, int leases, long lookup, long arrival) {}

    private final GroupTable table = new GroupTable();
    private final Map<Group, Noted> model = new LinkedHashMap<>();

    @ParameterizedTest
    @SeedSource(runs = 100)
    void doesWhatAMapDoes(long seed) {
        var random = new SplittableRandom(seed);
        int removes = random.nextInt(20, 80);
        for (int i = 0; i < 2_000; i++) {
            Group group = new Group(random.nextInt(40), random.nextInt(10));
            if (!model.containsKey(group)) {
                assertThat(table.find(group.high, group.low)).isEqualTo(GroupTable.NONE);
                int slot = table.add(group.high, group.low, i, i + 1);
                model.put(group, new Noted(slot, i, i + 1, 0, 0, IndividualSubscription.NONE));
            } else if (random.nextInt(100) < removes) {
                table.remove(model.remove(group).slot);
            } else {
                change(group, model.get(group), i);
            }
        }
        model.forEach((group, noted) -> {
            compare(group, noted);
            for (int left = noted.leases; left > 0; left--) {
                assertThat(table.endLease(noted.slot)).isEqualTo(left == 1);
            }
        });
        model.forEach((group, noted) -> table.remove(noted.slot));
        model.keySet()
                .forEach(each -> assertThat(table.find(each.high, each.low)).isEqualTo(GroupTable.NONE));
    }

    @Test
    void whatIsBehindAHeadComesInItsOrder() {
        int slot = table.add(1, 2, 10, 0);
        assertThat(table.advance(slot)).as("it is not known what comes next").isFalse();
        for (int i = 0; i < GroupTable.BEHIND_MAX; i++) {
            assertThat(table.addBehind(slot, 11 + i)).isTrue();
        }
        assertThat(table.addBehind(slot, 99)).as("no room").isFalse();
        table.setNoMore(slot);
        assertThat(table.isWhole(slot)).as("one had no room").isFalse();
        for (int i = 0; i < GroupTable.BEHIND_MAX; i++) {
            assertThat(table.advance(slot)).isTrue();
            assertThat(table.head(slot)).isEqualTo(11 + i);
        }
        assertThat(table.advance(slot)).isFalse();
    }

    @Test
    void whatComesIsBehindWhatIsKnownIfThatIsAll() {
        int slot = table.add(1, 2, 10, 0);
        table.append(slot, 11);
        assertThat(table.advance(slot)).as("others may come before it").isFalse();
        table.setNoMore(slot);
        assertThat(table.isWhole(slot)).as("one has come since").isFalse();

        table.setHead(slot, 10, 0);
        table.setNoMore(slot);
        table.append(slot, 11);
        assertThat(table.advance(slot)).isTrue();
        assertThat(table.head(slot)).isEqualTo(11);
        assertThat(table.advance(slot)).isTrue();
        assertThat(table.head(slot)).as("nothing").isEqualTo(IndividualSubscription.NONE);
    }

    @Test
    void slotsAreKeptAsLongAsOneIsTaken() {
        for (int i = 0; i < 5_000; i++) {
            table.addBehind(table.add(i, 0, i, 0), i + 1);
        }
        for (int i = 1; i < 5_000; i++) {
            table.remove(table.find(i, 0));
        }
        table.trim();
        int slot = table.find(0, 0);
        assertThat(table.advance(slot)).isTrue();
        assertThat(table.head(slot)).isOne();
        table.remove(slot);
        table.trim();
        assertThat(table.isLookup(4_000, 1)).as("a slot that is gone").isFalse();
        assertThat(table.add(7, 7, 1, 0)).as("the first slot again").isZero();
        assertThat(table.find(7, 7)).isZero();
    }

    private void change(Group group, Noted noted, int head) {
        compare(group, noted);
        table.addLease(noted.slot);
        table.setHead(noted.slot, head, head);
        table.setLookup(noted.slot, head + 1);
        table.noteArrival(noted.slot, head + 2);
        model.put(group, new Noted(noted.slot, head, head, noted.leases + 1, head + 1, head + 2));
    }

    private void compare(Group group, Noted noted) {
        assertThat(table.find(group.high, group.low)).isEqualTo(noted.slot);
        assertThat(table.high(noted.slot)).isEqualTo(group.high);
        assertThat(table.low(noted.slot)).isEqualTo(group.low);
        assertThat(table.head(noted.slot)).isEqualTo(noted.head);
        assertThat(table.round(noted.slot)).isEqualTo(noted.round);
        assertThat(table.lookup(noted.slot)).isEqualTo(noted.lookup);
        assertThat(table.arrival(noted.slot)).isEqualTo(noted.arrival);
    }

    @Test
    void ofThoseThatComeDuringALookupTheFirstIsKept() {
        int slot = table.add(1, 1, 0, 0);
        table.setLookup(slot, 1);
        table.noteArrival(slot, 10);
        table.noteArrival(slot, 11);
        assertThat(table.arrival(slot)).isEqualTo(10);

        table.setLookup(slot, 2);

        assertThat(table.arrival(slot)).as("it came before this one began").isNegative();
    }

    @Test
    void aLookupSeesThatItsGroupIsGone() {
        int slot = table.add(1, 1, 0, 0);
        table.setLookup(slot, 1);

        table.remove(slot);

        assertThat(table.lookup(slot)).isZero();
    }
}
