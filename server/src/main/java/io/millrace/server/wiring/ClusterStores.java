package io.millrace.server.wiring;

import io.millrace.base.Clock;
import io.millrace.base.file.FileSystem;
import io.millrace.server.process.StartException;
import io.millrace.storage.ClusterStoreOptions;
import io.millrace.storage.ClusterStoreProvider;
import io.millrace.storage.Replay;
import io.millrace.storage.ShardStore;
import io.millrace.storage.StoreOpener;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Stores on a cluster, whose classes are loaded when one is asked for: they and their libraries are in the directory
 * {@value #DIRECTORY} beside the jars of the server, or on its class path. One thread, at the start.
 */
final class ClusterStores {
    private static final String DIRECTORY = "bookkeeper";

    private ClusterStores() {}

    /** The store that {@code options} describe. */
    static StoreOpener opener(ClusterStoreOptions options) throws StartException {
        Optional<ClusterStoreProvider> onClassPath =
                ServiceLoader.load(ClusterStoreProvider.class).findFirst();
        if (onClassPath.isPresent()) {
            return onClassPath.get().opener(options);
        }
        Path directory = directory();
        ClassLoader loader = new URLClassLoader("bookkeeper", jars(directory), ClusterStores.class.getClassLoader());
        return ServiceLoader.load(ClusterStoreProvider.class, loader)
                .findFirst()
                .map(provider -> new LoadedOpener(provider.opener(options), loader))
                .orElseThrow(() -> missing(directory));
    }

    private static Path directory() throws StartException {
        try {
            URL own = ClusterStores.class.getProtectionDomain().getCodeSource().getLocation();
            return Path.of(own.toURI()).resolveSibling(DIRECTORY);
        } catch (URISyntaxException e) {
            throw new StartException("it cannot be told where this installation is: " + e.getMessage(), e);
        }
    }

    private static URL[] jars(Path directory) throws StartException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> jars = files.filter(each -> each.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            URL[] urls = new URL[jars.size()];
            for (int i = 0; i < urls.length; i++) {
                urls[i] = url(jars.get(i));
            }
            return urls;
        } catch (IOException e) {
            throw missing(directory);
        }
    }

    private static URL url(Path jar) throws MalformedURLException {
        return jar.toUri().toURL();
    }

    private static StartException missing(Path directory) {
        return new StartException("this installation has no part for stores on BookKeeper: " + directory
                + " should hold it. Take the whole archive, or build it with Maven.");
    }

    /** Libraries look for classes with the loader of the thread that first needs them, and of threads made by it. */
    private record LoadedOpener(StoreOpener opener, ClassLoader loader) implements StoreOpener {
        @Override
        public int shards() {
            return opener.shards();
        }

        @Override
        public ShardStore open(FileSystem fileSystem, Clock clock, RandomGenerator random, IntFunction<Replay> replays)
                throws IOException {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                return opener.open(fileSystem, clock, random, replays);
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }
}
