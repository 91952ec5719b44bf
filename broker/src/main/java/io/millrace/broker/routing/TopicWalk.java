package io.millrace.broker.routing;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks a key through the trie of patterns, all of them at once: after each word it has the set of places that are
 * reached. A place is reached once for each word at most, however many {@code #} there are, so the walk is bounded by
 * the words of the key times the places in the trie; of those it sees the ones whose pattern fits so far. Nothing is
 * tried and given up again. One key, one thread.
 */
final class TopicWalk {
    private TopicNode[] reached = new TopicNode[16];
    private int reachedCount;
    private TopicNode[] next = new TopicNode[16];
    private int nextCount;
    /** The places behind a {@code #}: once reached, they stay, for it takes all words that follow. */
    private TopicNode[] staying = new TopicNode[16];

    private int stayingCount;
    /** Those of them that are below another {@code #} and so could be reached a second time. */
    private @Nullable Set<TopicNode> stayingTwice;

    private TopicWalk() {}

    static void walk(TopicNode root, String key, Matches matches) {
        TopicWalk walk = new TopicWalk();
        walk.reach(root);
        walk.proceed();
        int from = 0;
        while (!key.isEmpty() && from <= key.length() && walk.isGoing()) {
            int dot = key.indexOf('.', from);
            int to = dot < 0 ? key.length() : dot;
            walk.step(key, from, to);
            from = to + 1;
        }
        walk.end(matches);
    }

    private boolean isGoing() {
        return reachedCount + stayingCount > 0;
    }

    /** Takes the word from {@code from} to {@code to}. */
    private void step(String key, int from, int to) {
        int hash = WordMap.hash(key, from, to);
        // What this step adds behind a # is only for the words after it.
        int stayingBefore = stayingCount;
        for (int i = 0; i < reachedCount; i++) {
            TopicNode node = reached[i];
            reachBy(node, key, from, to, hash);
            if (node.one() != null) {
                reach(node.one());
            }
        }
        for (int i = 0; i < stayingBefore; i++) {
            reachBy(staying[i], key, from, to, hash);
        }
        proceed();
    }

    private void reachBy(TopicNode node, String key, int from, int to, int hash) {
        TopicNode found = node.words().get(key, from, to, hash);
        if (found != null) {
            reach(found);
        }
    }

    private void reach(TopicNode node) {
        if (nextCount == next.length) {
            next = Arrays.copyOf(next, 2 * nextCount);
        }
        next[nextCount++] = node;
        TopicNode many = node.many();
        if (many != null && (!node.isBelowMany() || isNewlyStaying(many))) {
            if (stayingCount == staying.length) {
                staying = Arrays.copyOf(staying, 2 * stayingCount);
            }
            staying[stayingCount++] = many;
        }
    }

    private boolean isNewlyStaying(TopicNode many) {
        if (stayingTwice == null) {
            stayingTwice = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        return stayingTwice.add(many);
    }

    /** What was reached next is reached. */
    private void proceed() {
        TopicNode[] before = reached;
        reached = next;
        reachedCount = nextCount;
        next = before;
        nextCount = 0;
    }

    private void end(Matches matches) {
        for (int i = 0; i < reachedCount; i++) {
            reached[i].here().forEach(matches::offer);
        }
        for (int i = 0; i < stayingCount; i++) {
            staying[i].here().forEach(matches::offer);
        }
    }
}
