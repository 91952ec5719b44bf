package io.millrace.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * How JSON is read and written: always UTF-8, with bounds on what a stranger can make grow. Nesting {@value
 * #NESTING_MAX}, names {@value #NAME_CHARS_MAX} characters, numbers {@value #NUMBER_CHARS_MAX}; a string of a streamed
 * body may be as long as the body. Any thread.
 */
public final class Json {
    static final int NESTING_MAX = 16;
    static final int NAME_CHARS_MAX = 65_535;
    static final int NUMBER_CHARS_MAX = 64;
    /** The message of a schedule fits, also in base64. */
    static final int TREE_STRING_CHARS_MAX = 131_072;

    private static final long TREE_TOKENS_MAX = 100_000;

    /** For bodies that are read as a stream. Duplicate fields are the reader's to refuse. */
    public static final JsonFactory STREAM = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(constraints(Integer.MAX_VALUE, Long.MAX_VALUE))
            .build();

    /** For small bodies that are read whole, at most {@value #TREE_TOKENS_MAX} values and names. */
    static final ObjectMapper TREE = JsonMapper.builder(new JsonFactoryBuilder()
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(constraints(TREE_STRING_CHARS_MAX, TREE_TOKENS_MAX))
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    private static StreamReadConstraints constraints(int stringChars, long tokens) {
        return StreamReadConstraints.builder()
                .maxNestingDepth(NESTING_MAX)
                .maxNameLength(NAME_CHARS_MAX)
                .maxNumberLength(NUMBER_CHARS_MAX)
                .maxStringLength(stringChars)
                .maxTokenCount(tokens)
                .build();
    }
}
