/**
 * Conditions over what is said of a message, as selectors of Jakarta Messaging 3.1 (section 3.8.1) state them:
 * {@link io.millrace.broker.selector.Selector#compile} makes one of a text, once, and a
 * {@link io.millrace.broker.selector.SelectorMatcher} of it looks at messages.
 *
 * <p>A selector is immutable and of any thread, a matcher of one at a time. Whatever the text is, the length of a
 * selector is bounded, and each of its conditions reads a text of the message about once. Nothing recurses deeper than
 * parentheses may nest; a look at a message allocates nothing.
 */
@NullMarked
package io.millrace.broker.selector;

import org.jspecify.annotations.NullMarked;
