package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Whatever dies, the account is right as long as the broker keeps its word, and wrong as soon as it does not. */
class AccountTest {
    @ParameterizedTest
    @SeedSource(runs = 200)
    void aBrokerThatKeepsItsWordMakesARightAccount(long seed) {
        var history = DemoHistory.of(new Random(seed));
        Account account = history.account();

        assertThat(account.faults()).isEmpty();
        assertThat(account.isRight()).isTrue();
        assertThat(account.files()).isEqualTo(history.files);
        assertThat(account.jobs()).isEqualTo(history.storedJobs());
        assertThat(account.sentAgain()).isEqualTo(history.storedJobs() - history.files);
        assertThat(account.delivered()).isEqualTo(history.deliveries);
        assertThat(account.redelivered()).isEqualTo(history.deliveries - history.storedJobs());
        assertThat(account.acknowledged()).isEqualTo(history.storedJobs());
        assertThat(account.unheard()).isEqualTo(history.unheard);
        assertThat(account.lost()).isZero();
        assertThat(account.results()).isEqualTo(history.storedResults());
        assertThat(account.workedAgain() + account.resultsSentAgain())
                .isEqualTo(history.storedResults() - history.storedJobs());
        assertThat(account.resultsSentAgain()).isEqualTo(history.resultsSentAgain);
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void aConfirmedJobThatIsGoneIsNoticed(long seed) {
        var history = DemoHistory.of(new Random(seed));
        history.forgetResultsOfConfirmedJob();

        assertThat(history.account().lost()).isEqualTo(1);
        assertThat(history.account().faults())
                .anySatisfy(fault -> assertThat(fault).contains("was confirmed", "lost"));
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void aJobThatNobodyPublishedIsNoticed(long seed) {
        var history = DemoHistory.of(new Random(seed));
        history.inventJob();

        assertThat(history.account().faults()).singleElement().asString().contains("jobs for", "never confirmed");
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void aJobThatComesBackAfterItsConfirmedAcknowledgementIsNoticed(long seed) {
        var history = DemoHistory.of(new Random(seed));
        history.deliverAcknowledgedJobAgain();

        assertThat(history.account().faults()).singleElement().asString().contains("came back");
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void aJobThatIsDeliveredWithTheBodyOfAnotherIsNoticed(long seed) {
        var history = DemoHistory.of(new Random(seed));
        history.mixUpTwoJobs();

        assertThat(history.account().faults())
                .anySatisfy(fault -> assertThat(fault).contains("delivered for another file"));
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void aResultThatTheBrokerStoredAndNobodySawIsNoticed(long seed) {
        var history = DemoHistory.of(new Random(seed));
        history.hiddenResults = 1;

        assertThat(history.account().faults()).singleElement().asString().contains("results", "were seen");
    }

    @Test
    void aJobThatWasStoredWithoutAnAnswerAndIsGoneIsLost() {
        var history = DemoHistory.of(new Random(1));
        history.hiddenJobs = 1;

        assertThat(history.account().lost()).isEqualTo(1);
        assertThat(history.account().faults()).singleElement().asString().contains("jobs", "were seen");
    }

    @Test
    void whatIsLeftInTheQueueIsAFaultButNotLost() {
        var history = DemoHistory.of(new Random(1));
        history.leftJobs = 2;

        assertThat(history.account().lost()).isZero();
        assertThat(history.account().faults()).containsExactly("the broker still has 2 jobs");
    }

    @Test
    void aResultForAnotherFileIsNoticed() {
        var ledger = new JobLedger();
        ledger.onPlanned(List.of("/a"));
        ledger.onPublished(List.of("/a"), List.of("1-0"));
        ledger.onResult("2-0", result("1-0", 1, "/a"));
        ledger.onUnanswered(List.of("/b"));
        ledger.onResult("2-1", result("1-1", 1, "/b"));

        Account account = Account.of(ledger.written(), new QueueCounts(2, 0), new QueueCounts(2, 0));

        assertThat(account.faults()).containsExactly("there is a result for /b, which nobody asked for");
    }

    @Test
    void anAcknowledgementWithoutAResultIsNoticed() {
        var ledger = new JobLedger();
        ledger.onPlanned(List.of("/a"));
        ledger.onUnanswered(List.of("/a"));
        ledger.onPublished(List.of("/a"), List.of("1-1"));
        ledger.onResult("2-0", result("1-1", 1, "/a"));
        ledger.onAcknowledged("1-0", 1);

        Account account = Account.of(ledger.written(), new QueueCounts(1, 0), new QueueCounts(1, 0));

        assertThat(account.faults()).containsExactly("job 1-0 was acknowledged, and there is no result of it");
    }

    @Test
    void manyFaultsAreCountedAndNotAllTold() {
        var ledger = new JobLedger();
        ledger.onPlanned(IntStream.range(0, 100).mapToObj(i -> "/" + i).toList());

        Account account = Account.of(ledger.written(), new QueueCounts(0, 0), new QueueCounts(0, 0));

        assertThat(account.faults()).hasSize(21).last().asString().isEqualTo("and 80 more");
    }

    private static JobResult result(String job, int delivery, String path) {
        return new JobResult(job, delivery, path, new Checksum("00", "", ""));
    }
}
