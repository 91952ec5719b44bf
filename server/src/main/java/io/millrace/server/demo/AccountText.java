package io.millrace.server.demo;

import io.millrace.server.client.Numbers;
import java.util.ArrayList;
import java.util.List;

/** The account as people read it. Stateless; any thread. */
final class AccountText {
    private AccountText() {}

    static List<String> lines(Account account, Verification verification, Style style) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(style.bold(" The account"));
        lines.add(row("files", account.files(), ""));
        lines.add(row(
                "jobs published",
                account.jobs(),
                why(account.sentAgain(), "sent again: the broker died before it answered")));
        lines.add(row("delivered", account.delivered(), ""));
        lines.add(row(
                "redelivered",
                account.redelivered(),
                account.redelivered() == 0 ? "" : "the lease of a killed worker had ended"));
        lines.add(row(
                "acknowledged",
                account.acknowledged(),
                why(account.unheard(), "whose worker died before it heard so")));
        lines.add(style.bold(row("lost", account.lost(), "")));
        lines.add(row("results", account.results(), ""));
        lines.add(row(
                "worked on again",
                account.workedAgain(),
                account.workedAgain() == 0 ? "" : "a worker died between publishing and acknowledging"));
        if (account.resultsSentAgain() > 0) {
            lines.add(row("results sent again", account.resultsSentAgain(), "the broker died before it answered"));
        }
        addVerification(lines, verification, style);
        return lines;
    }

    private static void addVerification(List<String> lines, Verification verification, Style style) {
        lines.add(row("checksums right", verification.count(Comparison.EQUAL), "equal to a direct computation"));
        addIfAny(lines, "changed meanwhile", verification.count(Comparison.CHANGED), "these cannot be compared");
        addIfAny(lines, "unreadable", verification.count(Comparison.UNREADABLE), "for the workers and for the demo");
        lines.add(style.bold(row("checksums wrong", verification.count(Comparison.WRONG), "")));
        lines.add("");
    }

    private static void addIfAny(List<String> lines, String name, long count, String why) {
        if (count > 0) {
            lines.add(row(name, count, why));
        }
    }

    private static String why(long count, String what) {
        return count == 0 ? "" : Numbers.count(count) + " " + what;
    }

    private static String row(String name, long count, String why) {
        return String.format("   %-18s%9s  %s", name, Numbers.count(count), why).stripTrailing();
    }
}
