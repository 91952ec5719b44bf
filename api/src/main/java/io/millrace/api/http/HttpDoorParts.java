package io.millrace.api.http;

import io.millrace.broker.Broker;
import io.millrace.broker.security.AccessKeyIssuer;
import io.millrace.broker.security.Authenticator;
import io.millrace.broker.security.HashingCost;
import io.netty.channel.EventLoopGroup;
import java.util.random.RandomGenerator;

/**
 * What the HTTP door works with. The door closes none of it.
 *
 * @param broker the broker behind it
 * @param authenticator says who somebody is
 * @param accessKeys makes access keys
 * @param hashingCost how passwords are hashed when they are set
 * @param random fit for cryptography and any thread: {@link java.security.SecureRandom} outside tests
 * @param logLevels the levels of the process's log
 * @param backups makes copies of what is stored
 * @param loops what connections run on; of the kind that {@link io.millrace.api.NettyLoop#newGroup} makes
 */
public record HttpDoorParts(
        Broker broker,
        Authenticator authenticator,
        AccessKeyIssuer accessKeys,
        HashingCost hashingCost,
        RandomGenerator random,
        LogLevelControl logLevels,
        BackupControl backups,
        EventLoopGroup loops) {}
