package io.millrace.api.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes out is what the JDK's encoder makes of the same text. */
class Utf8WriterTest {
    @ParameterizedTest
    @SeedSource(runs = 2000)
    void textComesOutAsTheJdkEncodesItHoweverItIsCut(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String text = text(random, random.nextInt(4) == 0);
        ByteBuf target = Unpooled.buffer(1);
        Utf8Writer writer = new Utf8Writer(target);
        char[] chars = text.toCharArray();
        for (int from = 0; from < chars.length; ) {
            int length = random.nextInt(Math.min(4, chars.length - from) + 1);
            writer.write(chars, from, length);
            from += length;
        }

        byte[] expected = encoded(text);
        assertThat(writer.isMalformed()).isEqualTo(expected == null);
        assertThat(Utf8.canCarry(text)).isEqualTo(expected != null);
        if (expected != null) {
            assertThat(ByteBufUtil.getBytes(target)).isEqualTo(expected);
            assertThat(Utf8.decode(expected)).isEqualTo(text);
        }
    }

    /** Text of characters of every length, and where {@code broken}, halves of pairs wherever they fall. */
    private static String text(SplittableRandom random, boolean broken) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(20); left > 0; left--) {
            switch (random.nextInt(broken ? 7 : 5)) {
                case 0 -> text.append((char) random.nextInt(0x20));
                case 1 -> text.append((char) random.nextInt(0x20, 0x80));
                case 2 -> text.append((char) random.nextInt(0x80, 0x800));
                case 3 -> text.append((char) random.nextInt(0x800, 0xD800));
                case 4 -> text.appendCodePoint(random.nextInt(0xE000, 0x110000));
                case 5 -> text.append((char) random.nextInt(0xD800, 0xDC00));
                default -> text.append((char) random.nextInt(0xDC00, 0xE000));
            }
        }
        return text.toString();
    }

    private static byte[] encoded(String text) {
        try {
            return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(UTF_8.newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text))));
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Test
    void everyCharacterIsWritten() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                ByteBuf target = Unpooled.buffer(4);
                new Utf8Writer(target).write(Character.toChars(point), 0, Character.charCount(point));
                assertThat(target.toString(UTF_8).codePointAt(0)).isEqualTo(point);
            }
        }
    }

    @Test
    void aHalfThatWaitsForItsOtherHalfIsMalformedUntilItComes() {
        Utf8Writer writer = new Utf8Writer(Unpooled.buffer());
        writer.write(new char[] {'a', '\uD83D'}, 0, 2);
        assertThat(writer.isMalformed()).isTrue();
        writer.write(new char[] {'\uDE00'}, 0, 1);
        assertThat(writer.isMalformed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1023, 1024, 100_000})
    void longTextIsWrittenWhole(int length) {
        ByteBuf target = Unpooled.buffer(1);
        String text = "€".repeat(length);
        new Utf8Writer(target).write(text.toCharArray(), 0, length);
        assertThat(target.toString(UTF_8)).isEqualTo(text);
    }
}
