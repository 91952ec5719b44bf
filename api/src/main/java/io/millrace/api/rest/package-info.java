/**
 * The routes of the HTTP door: what each takes, asks of the broker and answers. {@link io.millrace.api.rest.RestRoutes}
 * lists them; {@code openapi.yaml} describes them and a test holds both together.
 *
 * <p>Routes begin on the loop of the connection; callbacks of the broker come on the loop of a shard.
 */
@NullMarked
package io.millrace.api.rest;

import org.jspecify.annotations.NullMarked;
