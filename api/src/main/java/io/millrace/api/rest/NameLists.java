package io.millrace.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.broker.NamePage;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Lists by name, a page in an answer. Stateless. */
final class NameLists {
    private static final int LISTED = 100;
    private static final int LISTED_MAX = 1_000;

    private NameLists() {}

    /** The page that a request asks for, by the query parameters {@code prefix}, {@code after} and {@code limit}. */
    static NamePage page(Exchange exchange) {
        return new NamePage(RestContext.text(exchange, "prefix"), RestContext.text(exchange, "after"), (int)
                RestContext.number(exchange, "limit", 1, LISTED_MAX, LISTED));
    }

    /**
     * The answer with what was {@code found} for {@code page}, shown one by one by {@code shown}, and where the page is
     * full with the name that the next one begins after.
     */
    static <T> HttpResponse answer(
            String field, NamePage page, List<T> found, Function<T, String> name, IntFunction<JsonNode> shown) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode array = body.putArray(field);
        for (int i = 0; i < found.size(); i++) {
            array.add(shown.apply(i));
        }
        if (found.size() == page.most()) {
            body.put("next", name.apply(found.get(found.size() - 1)));
        }
        return Answers.json(200, body);
    }
}
