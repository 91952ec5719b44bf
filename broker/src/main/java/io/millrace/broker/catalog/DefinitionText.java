package io.millrace.broker.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.catalog.Definition.BindingDefinition;
import io.millrace.broker.catalog.Definition.ExchangeDefinition;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.Definition.SpaceDefinition;
import io.millrace.broker.catalog.Definition.SubscriptionDefinition;
import io.millrace.broker.catalog.Definition.TopicDefinition;
import io.millrace.broker.catalog.Definition.UserDefinition;
import io.millrace.broker.security.MalformedDefinitionException;
import io.millrace.broker.security.ShownUserJson;

/** A stored definition as tools may show it: without passwords, verifiers and keys, sealed or not. Stateless. */
public final class DefinitionText {
    private DefinitionText() {}

    /** What {@code json}, the body of an entry of the catalog, defines; of one that is malformed only what is wrong. */
    public static JsonNode show(byte[] json) {
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        Definition definition;
        try {
            definition = DefinitionJson.read(json);
        } catch (MalformedDefinitionException e) {
            return shown.put("malformed", e.getMessage());
        }
        if (definition instanceof UserDefinition user) {
            shown.set("user", ShownUserJson.write(user.user()));
        } else if (definition instanceof SpaceDefinition space) {
            shown.putObject("space").put("name", space.name().value()).put("createdMillis", space.createdMillis());
        } else if (definition instanceof QueueDefinition queue) {
            DefinitionJson.writeQueue(shown.putObject("queue"), queue);
        } else if (definition instanceof TopicDefinition topic) {
            TopicDefinitionJson.write(shown.putObject("topic"), topic.topic());
        } else if (definition instanceof SubscriptionDefinition subscription) {
            SubscriptionDefinitionJson.write(shown.putObject("subscription"), subscription.subscription());
        } else if (definition instanceof ExchangeDefinition exchange) {
            RoutingDefinitionJson.write(shown.putObject("exchange"), exchange.exchange());
        } else if (definition instanceof BindingDefinition binding) {
            RoutingDefinitionJson.write(shown.putObject("binding"), binding.binding());
        }
        return shown;
    }
}
