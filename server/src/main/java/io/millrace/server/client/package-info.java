/**
 * The commands that talk to a running broker over its HTTP API, as any other client would: {@link
 * io.millrace.server.client.ClientCommands} lists them. {@link io.millrace.server.client.HttpApi} and {@link
 * io.millrace.server.client.QueueClient} carry their requests; only the commands for users can also work on a data
 * directory that no broker uses.
 *
 * <p>A command runs on the main thread; answers arrive on threads of the HTTP client, where only counters, futures and
 * semaphores are touched. What a command reads or publishes is held a batch at a time, never as a whole. Passwords come
 * from the environment, a file or a terminal, never from the command line, and no message repeats one.
 */
@NullMarked
package io.millrace.server.client;

import org.jspecify.annotations.NullMarked;
