package io.millrace.broker;

import io.millrace.base.AgentHost;
import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.base.file.FileSystem;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a broker runs in: the machine, or a simulation of one.
 *
 * @param fileSystem where it stores
 * @param clock its time
 * @param random its randomness, for ids
 * @param loops the event loops; shards are spread over them
 * @param agents what its agents run on
 */
public record World(FileSystem fileSystem, Clock clock, RandomGenerator random, List<Loop> loops, AgentHost agents) {}
