package io.millrace.broker.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.NameRule;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class CatalogSnapshotTest {
    private static final List<SpaceName> SPACES =
            List.of(new SpaceName("a"), new SpaceName("a "), new SpaceName("ab"), SpaceName.ROOT);
    private static final String CHARACTERS = " !-ab\u00E9\uFFFD\u0001\uD83D\uDE00";

    @Test
    void noNameComesBeforeTheLeast() {
        for (int point = 0; point <= ' '; point++) {
            String name = Character.toString(point);
            assertThat(NameRule.fault(name) == null).as(name).isEqualTo(name.equals(ResourceName.LEAST.value()));
        }
    }

    @ParameterizedTest
    @SeedSource(runs = 300)
    void theQueuesOfASpaceAreThoseThatALookAtAllOfThemFinds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        CatalogSnapshot snapshot = CatalogSnapshot.EMPTY;
        for (int logId = 1; logId <= random.nextInt(40); logId++) {
            String name = text(random);
            if (NameRule.fault(name) == null) {
                QueueKey key = new QueueKey(SPACES.get(random.nextInt(SPACES.size())), new ResourceName(name));
                snapshot = snapshot.plus(new QueueDefinition(key, logId, 0, 0, QueueSettings.DEFAULT));
            }
        }
        String from = text(random);
        for (SpaceName space : SPACES) {
            List<QueueDefinition> expected = new ArrayList<>(snapshot.queues().values());
            expected.removeIf(queue -> !queue.queue().space().equals(space)
                    || queue.queue().name().value().compareTo(from) < 0);
            assertThat(snapshot.queues(space, from)).containsExactlyElementsOf(expected);
        }
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(4); length > 0; length--) {
            text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return text.toString();
    }
}
