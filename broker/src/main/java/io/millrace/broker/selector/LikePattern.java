package io.millrace.broker.selector;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of LIKE over UTF-8: {@code _} stands for one character, {@code %} for any number of them. What lies between
 * two {@code %} is looked for from the left, each piece behind the one before; none of them ever has to be looked for
 * again, so that a text is read about once. Immutable; any thread; a match allocates nothing.
 */
final class LikePattern {
    private static final int NO_ESCAPE = -1;

    private final LikePiece first;
    private final LikePiece[] inner;
    private final LikePiece last;
    /** Whether there is no {@code %}: the first piece is all there is. */
    private final boolean isWhole;

    private LikePattern(List<LikePiece> pieces) {
        first = pieces.get(0);
        last = pieces.get(pieces.size() - 1);
        isWhole = pieces.size() == 1;
        inner = isWhole
                ? new LikePiece[0]
                : pieces.subList(1, pieces.size() - 1).stream()
                        .filter(each -> !each.isEmpty())
                        .toArray(LikePiece[]::new);
    }

    /** The pattern {@code text} without an escape character. */
    static LikePattern of(String text) {
        return parse(text, NO_ESCAPE);
    }

    /** The pattern {@code text}, in which {@code escape} takes the meaning from what follows it. */
    static LikePattern of(String text, int escape) {
        return parse(text, escape);
    }

    /** Throws {@link IllegalArgumentException}, whose message says what would have been right. */
    private static LikePattern parse(String text, int escape) {
        List<LikePiece> pieces = new ArrayList<>();
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        int at = 0;
        while (at < text.length()) {
            int found = text.codePointAt(at);
            at += Character.charCount(found);
            if (found == escape) {
                at = escaped(text, at, escape, piece);
            } else if (found == '%') {
                pieces.add(new LikePiece(piece.toByteArray()));
                piece.reset();
            } else if (found == '_') {
                piece.write(LikePiece.ANY);
            } else {
                put(found, piece);
            }
        }
        pieces.add(new LikePiece(piece.toByteArray()));
        LikePattern pattern = new LikePattern(pieces);
        for (LikePiece each : pattern.inner) {
            each.checkSearchable();
        }
        return pattern;
    }

    private static int escaped(String text, int at, int escape, ByteArrayOutputStream piece) {
        int literal = at < text.length() ? text.codePointAt(at) : -1;
        if (literal != escape && literal != '%' && literal != '_') {
            throw new IllegalArgumentException("a pattern whose escape character stands before %, _ or itself");
        }
        put(literal, piece);
        return at + Character.charCount(literal);
    }

    private static void put(int codePoint, ByteArrayOutputStream piece) {
        piece.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the text that lies in {@code source} from {@code start} up to {@code end} is like it. */
    boolean matches(ByteBuf source, int start, int end) {
        int at = first.matchFrom(source, start, end);
        if (isWhole || at == LikePiece.NOWHERE) {
            return at == end;
        }
        int rest = last.matchUpTo(source, at, end);
        if (rest == LikePiece.NOWHERE) {
            return false;
        }
        for (LikePiece each : inner) {
            at = each.find(source, at, rest);
            if (at == LikePiece.NOWHERE) {
                return false;
            }
        }
        return true;
    }
}
