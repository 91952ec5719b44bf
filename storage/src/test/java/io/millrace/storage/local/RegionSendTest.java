package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.base.Clock;
import io.millrace.base.Crc32c;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.base.file.StorageFile;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryRegions;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentOutput;
import io.millrace.storage.StoredRegion;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SimulatedFileSystem;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Regions of real files over real sockets, to a client that knows the checksum of each body. */
@LeakCheck
class RegionSendTest {
    private static final int SECONDS_MAX = 30;
    private static final int BODIES = 40;
    private static final int BODY_BYTES_MIN = 300;

    @TempDir
    private Path directory;

    private final DiskFileSystem disk = new DiskFileSystem();
    private final List<ByteBuf> heads = new ArrayList<>();
    private final List<StoredRegion> regions = new ArrayList<>();
    private final List<Integer> checksums = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bodiesOfASegmentAreSentAsTheyAre(boolean epoll) throws Exception {
        assumeThat(!epoll || Epoll.isAvailable()).as("epoll is there").isTrue();
        SegmentFiles files = new SegmentFiles(disk, directory);
        LogRecords none = new LogRecords(new LiveFiles(List.of()), new AdoptedFiles(1), file -> {});
        SplittableRandom random = new SplittableRandom(1);
        SegmentOutput output = new LocalSegmentStore(0, files, none).create(1);
        Wanted wanted = new Wanted();
        for (int i = 0; i < BODIES; i++) {
            byte[] body = new byte[random.nextInt(BODY_BYTES_MIN, i % 10 == 0 ? 3 << 20 : 100_000)];
            random.nextBytes(body);
            byte[] record = AdoptedJournal.record(1, i, body);
            wanted.add(1, output.size(), record.length);
            checksums.add(checksum(body));
            output.write(ByteBuffer.wrap(record));
        }
        output.seal();

        take(reader(files, none), wanted);
        send(epoll, () -> files.delete(0, 1));

        files.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bodiesOfAnAdoptedFileAreSentAsTheyAre(boolean epoll) throws Exception {
        assumeThat(!epoll || Epoll.isAvailable()).as("epoll is there").isTrue();
        AdoptedJournal journal = new AdoptedJournal().fill(4);
        SimulatedFileSystem simulated = journal.closed().disk();
        StoreIdentity identity = StoreIdentity.open(simulated, StoreProcess.DIRECTORY, new Random(0));
        AdoptedFiles adopted = new AdoptedFiles(AdoptedJournal.SHARDS);
        List<JournalFile> files = new ArrayList<>();
        for (Path path : AdoptedJournal.adoptedFiles(simulated)) {
            long number = Long.parseLong(path.getFileName().toString().replaceAll("\\D", ""));
            Extent extent = journal.adopted.get(0).get(files.size());
            long[] from = {
                extent.from(), journal.adopted.get(1).get(files.size()).from()
            };
            long[] to = {extent.to(), journal.adopted.get(1).get(files.size()).to()};
            JournalFile file = JournalFile.adopted(number, identity.seal(number), copy(simulated, path), from, to);
            adopted.add(0, extent, file);
            adopted.leftJournal(file);
            files.add(file);
        }
        Wanted wanted = new Wanted();
        journal.adoptedEntries(0).forEach((position, record) -> {
            int bodyBytes = AdoptedJournal.bodyBytes(record);
            if (bodyBytes >= BODY_BYTES_MIN) {
                wanted.add(position, record.length);
                checksums.add(checksum(ByteBuffer.wrap(record, record.length - bodyBytes, bodyBytes)));
            }
        });
        assertThat(wanted.count()).isGreaterThan(10);

        LogRecords records = new LogRecords(new LiveFiles(List.of()), adopted, file -> {});
        take(reader(new SegmentFiles(disk, directory), records), wanted);
        send(epoll, () -> {
            for (JournalFile each : files) {
                each.retire();
                assertThat(each.isFree()).as("bytes of it are being sent").isFalse();
            }
        });

        for (JournalFile each : files) {
            assertThat(each.isFree()).isTrue();
            each.file.close();
        }
    }

    private StorageFile copy(SimulatedFileSystem simulated, Path path) throws IOException {
        try (StorageFile source = simulated.open(path)) {
            ByteBuffer content = ByteBuffer.allocate((int) source.size());
            source.read(content, 0);
            StorageFile target =
                    disk.create(directory.resolve(path.getFileName().toString()));
            target.write(content.flip(), 0);
            return target;
        }
    }

    private static RegionReader reader(SegmentFiles segments, LogRecords records) {
        RegionReader[] reader = new RegionReader[1];
        // Whoever releases does here what the reader's thread does in a store.
        reader[0] = new RegionReader(
                records,
                segments,
                new ReadAhead(new FileAdvice(() -> {}), Clock.SYSTEM),
                UnpooledByteBufAllocator.DEFAULT,
                () -> reader[0].takeBack());
        return reader[0];
    }

    private void take(RegionReader reader, Wanted wanted) {
        for (int i = 0; i < wanted.count(); i++) {
            assertThat(RegionReader.isCandidate(wanted, i)).isTrue();
            assertThat(reader.read(0, wanted, i)).isTrue();
            heads.add(wanted.take(i));
            regions.add(wanted.takeRegion(i));
        }
    }

    private interface Meanwhile {
        void run() throws IOException;
    }

    /** Sends all to a client that connects, each as its length and its bytes, and lets each go when it is sent. */
    private void send(boolean epoll, Meanwhile givenUp) throws Exception {
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerSocketChannel> kind =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, handlers);
        try {
            givenUp.run();
            ChannelFuture bound = new ServerBootstrap()
                    .group(group)
                    .channel(kind)
                    .childHandler(new Sender())
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThat(bound.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            Channel server = bound.channel();
            InetSocketAddress address = (InetSocketAddress) server.localAddress();
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                DataInputStream input = new DataInputStream(client.getInputStream());
                for (int checksum : checksums) {
                    assertThat(checksum(input.readNBytes(input.readInt()))).isEqualTo(checksum);
                }
                assertThat(input.read()).as("nothing comes behind").isEqualTo(-1);
            }
            assertThat(server.close().await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        } finally {
            assertThat(group.shutdownGracefully(0, SECONDS_MAX, TimeUnit.SECONDS)
                            .await(SECONDS_MAX, TimeUnit.SECONDS))
                    .isTrue();
        }
        heads.forEach(ByteBuf::release);
        assertThat(regions).allMatch(each -> each.refCnt() == 0);
    }

    private final class Sender extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            ChannelFuture last = context.newSucceededFuture();
            for (StoredRegion each : regions) {
                last = context.write(context.alloc().buffer().writeInt(each.bytes()));
                last = context.write(new SentRegion(each));
            }
            ChannelFuture unused = last.addListener(ChannelFutureListener.CLOSE);
            context.flush();
        }

        @Override
        public boolean isSharable() {
            return true;
        }
    }

    /** The file is not the network's to close. */
    private static final class SentRegion extends DefaultFileRegion {
        private final StoredRegion region;

        SentRegion(StoredRegion region) {
            super(region.source().channel(), region.position(), region.bytes());
            this.region = region;
        }

        @Override
        protected void deallocate() {
            region.release();
        }
    }

    private static int checksum(byte[] bytes) {
        return checksum(ByteBuffer.wrap(bytes));
    }

    private static int checksum(ByteBuffer bytes) {
        return new Crc32c().reset().add(bytes, bytes.remaining()).value();
    }

    /** A read of a client of native bodies. */
    private static final class Wanted extends ReadBatch {
        Wanted() {
            super(new EntryRegions(BodyFormat.NATIVE, BODY_BYTES_MIN));
        }

        @Override
        public void onComplete() {
            throw new AssertionError("its records are read one by one");
        }
    }
}
