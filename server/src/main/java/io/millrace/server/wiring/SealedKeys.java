package io.millrace.server.wiring;

import io.millrace.broker.security.AccessKey;
import io.millrace.broker.security.BrokenSealException;
import io.millrace.broker.security.SecretSeal;
import io.millrace.broker.security.User;
import java.nio.file.Path;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names the access keys that cannot be used, because their secrets were sealed with a key that is not in the seal key
 * file: as where a store is served from another machine without it. Everything else works. Stateless.
 */
final class SealedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(SealedKeys.class);

    private SealedKeys() {}

    /** Returns how many access keys of {@code users} are of no use; {@code file} has the keys of {@code seal}. */
    static int check(Collection<User> users, SecretSeal seal, Path file) {
        int broken = 0;
        for (User user : users) {
            for (AccessKey key : user.accessKeys()) {
                try {
                    seal.open(key.sealedSecret(), key.id(), user.name());
                } catch (BrokenSealException e) {
                    broken++;
                    LOG.error("access key {} of user {} cannot be used: {}", key.id(), user.name(), e.getMessage());
                }
            }
        }
        if (broken > 0) {
            LOG.error(
                    "{} access keys were sealed with keys that are not in {}: put the seal key file of the broker that"
                            + " made them there, or name it with data.seal-key-file, and start again",
                    broken,
                    file);
        }
        return broken;
    }
}
