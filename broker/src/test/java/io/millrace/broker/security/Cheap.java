package io.millrace.broker.security;

import java.util.List;
import java.util.Random;

/** Credentials that cost little to make. */
final class Cheap {
    static final HashingCost COST = new HashingCost(4_096, 4_096, 4_096);

    private Cheap() {}

    static PasswordVerifiers password(String password) {
        return PasswordVerifiers.create(password, COST, new Random(password.hashCode()));
    }

    static SecretSeal seal() {
        Random random = new Random(42);
        return new SecretSeal(List.of(SealKey.generate(random)), random);
    }
}
