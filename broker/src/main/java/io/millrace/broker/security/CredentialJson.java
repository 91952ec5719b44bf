package io.millrace.broker.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The credentials in a user's definition. For the catalog only: no door shows or takes these.
 *
 * <p>Stateless; any thread.
 */
final class CredentialJson {
    private static final String PBKDF2 = "pbkdf2Sha512";
    private static final String SCRAM_SHA_256 = "scramSha256";
    private static final String SCRAM_SHA_512 = "scramSha512";

    private CredentialJson() {}

    static ObjectNode write(PasswordVerifiers verifiers) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        Pbkdf2Verifier pbkdf2 = verifiers.pbkdf2();
        node.putObject(PBKDF2)
                .put("iterations", pbkdf2.iterations())
                .put("salt", pbkdf2.salt().base64())
                .put("hash", pbkdf2.hash().base64());
        node.set(SCRAM_SHA_256, write(verifiers.scramSha256()));
        node.set(SCRAM_SHA_512, write(verifiers.scramSha512()));
        return node;
    }

    private static ObjectNode write(ScramVerifier verifier) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("iterations", verifier.iterations())
                .put("salt", verifier.salt().base64())
                .put("storedKey", verifier.storedKey().base64())
                .put("serverKey", verifier.serverKey().base64());
    }

    static ObjectNode write(AccessKey key) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", key.id())
                .put("sealedSecret", key.sealedSecret())
                .put("createdEpochMillis", key.createdEpochMillis());
    }

    static PasswordVerifiers passwordVerifiers(JsonFields fields) {
        Pbkdf2Verifier pbkdf2 = pbkdf2(fields.object(PBKDF2));
        ScramVerifier sha256 = scram(fields.object(SCRAM_SHA_256), ScramHash.SHA_256);
        ScramVerifier sha512 = scram(fields.object(SCRAM_SHA_512), ScramHash.SHA_512);
        return fields.end(() -> new PasswordVerifiers(pbkdf2, sha256, sha512));
    }

    private static Pbkdf2Verifier pbkdf2(JsonFields fields) {
        SecretBytes salt = fields.secret("salt");
        int iterations = fields.iterations("iterations");
        SecretBytes hash = fields.secret("hash");
        return fields.end(() -> new Pbkdf2Verifier(salt, iterations, hash));
    }

    private static ScramVerifier scram(JsonFields fields, ScramHash hash) {
        SecretBytes salt = fields.secret("salt");
        int iterations = fields.iterations("iterations");
        SecretBytes storedKey = fields.secret("storedKey");
        SecretBytes serverKey = fields.secret("serverKey");
        return fields.end(() -> new ScramVerifier(hash, salt, iterations, storedKey, serverKey));
    }

    static AccessKey accessKey(JsonNode node, String path) {
        JsonFields fields = new JsonFields(node, path);
        String id = fields.text("id");
        String sealedSecret = fields.text("sealedSecret");
        long createdEpochMillis = fields.number("createdEpochMillis");
        return fields.end(() -> new AccessKey(id, sealedSecret, createdEpochMillis));
    }
}
