package io.millrace.broker.catalog;

import io.millrace.broker.routing.Exchange;

/**
 * What came of making an exchange.
 *
 * @param exchange the exchange
 * @param isNew whether it was made now; else it was there with the same settings
 */
public record ExchangeCreation(Exchange exchange, boolean isNew) {}
