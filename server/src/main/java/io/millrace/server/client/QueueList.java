package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads the queues of a broker page by page. Stateless; any thread. */
final class QueueList {
    private static final int PAGE = 500;

    private QueueList() {}

    /** Every queue whose name begins with {@code prefix}, by name, at most {@code most} of them. */
    static List<JsonNode> read(HttpApi api, String prefix, int most) throws ApiException, InterruptedException {
        List<JsonNode> queues = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = api.call(ApiRequest.get("/v1/queues?prefix=" + ApiRequest.escape(prefix) + "&after="
                    + ApiRequest.escape(after) + "&limit=" + Math.min(PAGE, most - queues.size())));
            page.path("queues").forEach(queues::add);
            after = page.path("next").asText("");
        } while (!after.isEmpty() && queues.size() < most);
        return queues;
    }
}
