package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import io.millrace.api.RawConnection;
import io.millrace.api.http.HttpDoorOptions;
import io.millrace.testkit.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door speaks HTTP/1.1 and HTTP/2, in clear and over TLS. */
class HttpVersionsTest {
    @TempDir
    static Path certificates;

    static TestCertificate certificate;

    @BeforeAll
    static void makeCertificate() {
        certificate = TestCertificate.make(certificates);
    }

    private static HttpClient.Builder client(HttpClient.Version version) {
        return HttpClient.newBuilder().version(version);
    }

    private static HttpClient trustingClient(HttpClient.Version version) {
        try {
            return client(version).sslContext(certificate.trusting()).build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpDoorOptions.Tls tls() {
        try {
            return new HttpDoorOptions.Tls(
                    certificate.writeChain(certificates.resolve("chain.pem")),
                    certificate.writeKey(certificates.resolve("key.pem")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The JDK's client offers to change to HTTP/2 with its first request; it is served in HTTP/1.1. */
    @Nested
    class InClearTest extends HttpVersionContract {
        @Override
        HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }

        @Override
        HttpClient client() {
            return HttpVersionsTest.client(HttpClient.Version.HTTP_2).build();
        }

        @Test
        void anOfferToChangeIsPassedOverHoweverItsBytesCome() {
            String offer = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n";
            for (int first = 1; first <= 6; first++) {
                try (RawConnection connection = RawConnection.to(http.address())) {
                    connection.send(offer.substring(0, first)).send(offer.substring(first));
                    assertThat(connection.readAnswer().status()).isEqualTo(200);
                }
            }
        }

        @Test
        void priorKnowledgeIsEnough() {
            try (ClientFactory factory =
                    ClientFactory.builder().useHttp2Preface(true).build()) {
                WebClient client = WebClient.builder(
                                SessionProtocol.H2C,
                                Endpoint.of("localhost", http.address().getPort()))
                        .factory(factory)
                        .build();
                AggregatedHttpResponse published = client.execute(
                                RequestHeaders.of(HttpMethod.POST, "/v1/queues/q/messages"), "hello")
                        .aggregate()
                        .join();
                assertThat(published.status().code())
                        .as(published.contentUtf8())
                        .isEqualTo(201);
                AggregatedHttpResponse tooLarge = client.prepare()
                        .post("/v1/queues/q/publish")
                        .content(MediaType.JSON, new byte[3 << 20])
                        .execute()
                        .aggregate()
                        .join();
                assertThat(tooLarge.status().code()).isEqualTo(413);
                assertThat(tooLarge.contentType()).hasToString("application/problem+json");
                AggregatedHttpResponse refused = client.prepare()
                        .post("/v1/queues/q/publish")
                        .content(MediaType.JSON, "{")
                        .execute()
                        .aggregate()
                        .join();
                assertThat(refused.status().code()).isEqualTo(400);
                assertThat(refused.contentType()).hasToString("application/problem+json");
            }
            assertThat(receiveOne().get("body").textValue()).isEqualTo("hello");
        }
    }

    /** By ALPN. */
    @Nested
    class Http2OverTlsTest extends HttpVersionContract {
        @Override
        HttpClient.Version version() {
            return HttpClient.Version.HTTP_2;
        }

        @Override
        HttpClient client() {
            return trustingClient(version());
        }

        @Override
        HttpDoorOptions options() {
            return super.options().with(tls());
        }
    }

    @Nested
    class Http1OverTlsTest extends HttpVersionContract {
        @Override
        HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }

        @Override
        HttpClient client() {
            return trustingClient(version());
        }

        @Override
        HttpDoorOptions options() {
            return super.options().with(tls());
        }
    }
}
