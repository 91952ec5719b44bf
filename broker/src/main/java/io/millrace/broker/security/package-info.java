/**
 * Who may do what: users, their credentials, the check of both, and the rule for browsers. Pure logic: nothing here
 * stores, listens or starts a thread. Definitions are immutable; the catalog holds them and hands them out through
 * {@link io.millrace.broker.security.UserDirectory}, so that a change takes effect with the next check.
 *
 * <p>Threads: definitions and checks are safe for any thread. {@link io.millrace.broker.security.Permissions} is fit
 * for the hot path; {@link io.millrace.broker.security.Authenticator#password} and
 * {@link io.millrace.broker.security.PasswordVerifiers#create} burn a tenth of a second of processor time and more by
 * design and must not run on a loop. A {@link io.millrace.broker.security.ScramExchange} belongs to one connection.
 *
 * <p>Invariants: no secret and no verifier appears in a {@code toString} or an exception; comparisons of secrets take
 * the same time wherever they differ; a refusal never tells whether the user exists; memory that strangers can cause is
 * bounded. Which action each protocol's operations ask for stands in {@code docs/security.md}.
 */
@NullMarked
package io.millrace.broker.security;

import org.jspecify.annotations.NullMarked;
