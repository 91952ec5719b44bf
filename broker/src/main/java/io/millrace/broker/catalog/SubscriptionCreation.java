package io.millrace.broker.catalog;

import io.millrace.broker.topic.Subscription;

/**
 * What came of making a subscription.
 *
 * @param subscription the subscription
 * @param isNew whether it was made now; else it was there with the same settings
 */
public record SubscriptionCreation(Subscription subscription, boolean isNew) {}
