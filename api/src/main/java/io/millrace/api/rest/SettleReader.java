package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.api.http.Json;
import io.millrace.api.http.JsonObject;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.text.Utf8;
import io.millrace.broker.LeaseHandle;
import io.millrace.engine.Settlement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a settlement as a stream, for nearly every message that is delivered comes by here. At most
 * {@value #LEASES_MAX} leases. One thread, once.
 */
final class SettleReader {
    static final int LEASES_MAX = 5_000;

    private static final long ABSENT = -1;

    private final JsonParser json;
    private final HttpSettlement settlement;
    /** The length of an extension that names none, and the longest that one may be. */
    private final long leaseMillis;

    private final long leaseMillisMax;

    // What was read of the lease that is being read.
    private int index;
    private @Nullable String lease;
    private @Nullable String action;
    private @Nullable String error;
    private long newDelayMillis;
    private long newLeaseMillis;

    private SettleReader(JsonParser json, HttpSettlement settlement, long leaseMillis, long leaseMillisMax) {
        this.json = json;
        this.settlement = settlement;
        this.leaseMillis = leaseMillis;
        this.leaseMillisMax = leaseMillisMax;
    }

    /**
     * Adds what {@code request}, which stays the caller's, asks for to {@code settlement}; a {@link ProblemException}
     * says what is wrong. An extension lasts {@code leaseMillis} unless it says otherwise, {@code leaseMillisMax} at
     * the most.
     */
    static void read(ByteBuf request, HttpSettlement settlement, long leaseMillis, long leaseMillisMax)
            throws IOException {
        try (JsonParser json = Json.STREAM.createParser((InputStream) new ByteBufInputStream(request))) {
            new SettleReader(json, settlement, leaseMillis, leaseMillisMax).readAll();
        }
    }

    private void readAll() throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "the body is not a JSON object");
        boolean seen = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            if (!json.currentName().equals("settle")) {
                throw noField(JsonObject.shown(json.currentName()));
            }
            if (seen) {
                throw malformed("settle is there twice");
            }
            seen = true;
            expect(json.nextToken(), JsonToken.START_ARRAY, "settle is not an array");
            while (json.nextToken() != JsonToken.END_ARRAY) {
                readLease();
            }
        }
        if (index == 0) {
            throw malformed("settle is missing or empty");
        }
        if (json.nextToken() != null) {
            throw malformed("something follows the JSON object");
        }
    }

    private void readLease() throws IOException {
        if (index == LEASES_MAX) {
            throw invalid("settle has more than " + LEASES_MAX + " elements");
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw malformed("settle[" + index + "] is not a JSON object");
        }
        lease = null;
        action = null;
        error = null;
        newDelayMillis = ABSENT;
        newLeaseMillis = ABSENT;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            readField(json.currentName());
        }
        add(required(lease, "lease"), required(action, "action"));
        index++;
    }

    private void readField(String name) throws IOException {
        json.nextToken();
        switch (name) {
            case "lease" -> lease = text(lease, name);
            case "action" -> action = text(action, name);
            case "error" -> error = text(error, name);
            case "delayMillis" -> newDelayMillis = millis(newDelayMillis, name, 0);
            case "leaseMillis" -> newLeaseMillis = millis(newLeaseMillis, name, 1);
            default -> throw noField(at(JsonObject.shown(name)));
        }
    }

    private void add(String named, String wanted) {
        byte code =
                switch (wanted) {
                    case "acknowledge" -> Settlement.ACKNOWLEDGE;
                    // Who does not say when has the queue say it.
                    case "release" -> newDelayMillis == ABSENT ? Settlement.RETRY : Settlement.RELEASE;
                    case "reject" -> Settlement.REJECT;
                    case "extend" -> Settlement.EXTEND;
                    default -> throw invalid(at("action") + " is none of acknowledge, release, reject, extend");
                };
        if (newDelayMillis != ABSENT && code != Settlement.RELEASE) {
            throw noField(at("delayMillis"));
        }
        if (newLeaseMillis != ABSENT && code != Settlement.EXTEND) {
            throw noField(at("leaseMillis"));
        }
        if (error != null && (code == Settlement.ACKNOWLEDGE || code == Settlement.EXTEND)) {
            throw noField(at("error"));
        }
        long millis =
                switch (code) {
                    case Settlement.RELEASE -> newDelayMillis;
                    case Settlement.EXTEND -> newLeaseMillis == ABSENT ? leaseMillis : newLeaseMillis;
                    default -> 0;
                };
        settlement.add(named, LeaseHandle.parse(named), code, TimeUnit.MILLISECONDS.toNanos(millis), errorBytes());
    }

    private byte @Nullable [] errorBytes() {
        return error == null || error.isEmpty() ? null : error.getBytes(UTF_8);
    }

    private String text(@Nullable String before, String name) throws IOException {
        if (before != null) {
            throw malformed(at(name) + " is there twice");
        }
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw malformed(at(name) + " is not a string");
        }
        String text = json.getText();
        if (!Utf8.canCarry(text)) {
            throw malformed(at(name) + " has half of a surrogate pair");
        }
        return text;
    }

    private long millis(long before, String name, long least) throws IOException {
        if (before != ABSENT) {
            throw malformed(at(name) + " is there twice");
        }
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw malformed(at(name) + " is not a whole number");
        }
        boolean fits = json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (!fits || json.getLongValue() < least || json.getLongValue() > leaseMillisMax) {
            throw invalid(at(name) + " is " + least + " to " + leaseMillisMax);
        }
        return json.getLongValue();
    }

    private String required(@Nullable String value, String name) {
        if (value == null) {
            throw malformed(at(name) + " is missing");
        }
        return value;
    }

    private String at(String field) {
        return "settle[" + index + "]." + field;
    }

    private static void expect(@Nullable JsonToken found, JsonToken wanted, String fault) {
        if (found != wanted) {
            throw malformed(fault);
        }
    }

    private static ProblemException noField(String field) {
        return invalid("there is no field " + field);
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(Problem.INVALID_VALUE, detail);
    }

    private static ProblemException malformed(String detail) {
        return new ProblemException(Problem.MALFORMED_JSON, detail);
    }
}
