package io.millrace.broker.catalog;

import io.millrace.broker.routing.Binding;

/**
 * What came of making a binding.
 *
 * @param binding the binding
 * @param isNew whether it was made now; else the same one was there
 */
public record BindingCreation(Binding binding, boolean isNew) {}
