package io.millrace.api;

import com.linecorp.armeria.common.TlsKeyPair;
import io.millrace.api.http.HttpDoorOptions;
import io.millrace.api.http.TlsFilesException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Reads the PEM files of a door, so that what is wrong with them is known before anybody connects. */
final class TlsFiles {
    private static final byte[] SIGNED = {1};

    private TlsFiles() {}

    /** The key and the certificates in {@code files}. */
    static TlsKeyPair read(HttpDoorOptions.Tls files) throws TlsFilesException {
        byte[] chain = content("certificate", files.certificate());
        byte[] key = content("key", files.key());
        requireCertificates(chain, files.certificate());
        TlsKeyPair pair;
        try {
            pair = TlsKeyPair.of(new ByteArrayInputStream(key), new ByteArrayInputStream(chain));
        } catch (RuntimeException e) {
            throw new TlsFilesException("key " + files.key() + ": there is no key in PEM without a password in it", e);
        }
        if (!belongTogether(pair.privateKey(), pair.certificateChain().get(0).getPublicKey())) {
            throw new TlsFilesException(
                    "key " + files.key() + " does not belong to the first certificate in " + files.certificate(), null);
        }
        return pair;
    }

    private static byte[] content(String what, Path file) throws TlsFilesException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new TlsFilesException(what + " " + file + ": there is no such file", e);
        } catch (AccessDeniedException e) {
            throw new TlsFilesException(what + " " + file + ": this user may not read the file", e);
        } catch (IOException e) {
            throw new TlsFilesException(what + " " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireCertificates(byte[] chain, Path file) throws TlsFilesException {
        String fault = "certificate " + file + ": there is no certificate in PEM in it";
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            if (factory.generateCertificates(new ByteArrayInputStream(chain)).isEmpty()) {
                throw new TlsFilesException(fault, null);
            }
        } catch (CertificateException e) {
            throw new TlsFilesException(fault, e);
        }
    }

    private static boolean belongTogether(PrivateKey key, PublicKey certified) {
        try {
            Signature signature = Signature.getInstance(
                    switch (key.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> key.getAlgorithm();
                    });
            signature.initSign(key);
            signature.update(SIGNED);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(SIGNED);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // a key of another kind
        }
    }
}
