package io.millrace.engine;

import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.EntryRegions;
import io.millrace.storage.StoredRegion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A fetch of a client that is sent bodies from files and checks every byte of them itself. */
final class RegionProbe extends Fetch {
    static final int BODY_BYTES_MIN = 400;

    private final List<Long> numbers = new ArrayList<>();
    private final List<Kept> kept = new ArrayList<>();
    private final boolean keeps;
    private int regions;
    private int unreadable;
    private int refusedByClient;
    private boolean answered;

    /** A body, which the client has not had to its end, and how many bytes of its record stand in front of it. */
    record Kept(StoredRegion region, int headBytes) {
        byte[] bytes() {
            return bytesOf(region);
        }
    }

    private long floorTold = -1;

    private RegionProbe(long fromOffset, int format, boolean keeps) {
        super(fromOffset, 10_000, Integer.MAX_VALUE, 0, new EntryRegions(format, BODY_BYTES_MIN));
        this.keeps = keeps;
    }

    /** One that takes everything and checks it at once. */
    static RegionProbe ofAll(long fromOffset) {
        return new RegionProbe(fromOffset, BodyFormat.NATIVE, false);
    }

    /** One that wants regions of bodies in another format than those that there are. */
    static RegionProbe ofOthers(long fromOffset) {
        return new RegionProbe(fromOffset, BodyFormat.DEFINITION, false);
    }

    /** One that keeps the regions until {@link #releaseKept}. */
    static RegionProbe keeping(long fromOffset) {
        return new RegionProbe(fromOffset, BodyFormat.NATIVE, true);
    }

    /** The numbers of the messages that the client has accepted. */
    List<Long> numbers() {
        return numbers;
    }

    /** Bodies that came as regions. */
    int regions() {
        return regions;
    }

    /** Entries that the shard could not read. */
    int unreadable() {
        return unreadable;
    }

    /** Entries that have other bytes than were published. */
    int refusedByClient() {
        return refusedByClient;
    }

    boolean answered() {
        return answered;
    }

    /** Where the log begins, if it does so behind what was asked for; else -1. */
    long floorTold() {
        return floorTold;
    }

    List<Kept> kept() {
        return kept;
    }

    void releaseKept() {
        kept.forEach(each -> each.region.release());
        kept.clear();
    }

    @Override
    protected void onFetched() {
        answered = true;
        for (int i = 0; i < size(); i++) {
            if (isReadable(i)) {
                take(i);
            } else {
                unreadable++;
            }
        }
        release();
    }

    private void take(int index) {
        EntryEnvelope envelope = new EntryEnvelope();
        readEnvelope(index, envelope);
        StoredRegion region = region(index);
        regions += region == null ? 0 : 1;
        if (region != null && keeps) {
            kept.add(new Kept(
                    region.retain(), EntryRecord.ENVELOPE_AT + entry(index).readableBytes()));
        }
        ByteBuf sent = Unpooled.buffer().writeBytes(entry(index).duplicate());
        if (region != null) {
            sent.writeBytes(bytesOf(region));
        }
        try {
            List<Long> here = new ArrayList<>();
            for (int message = 0; message < envelope.count; message++) {
                here.add(PublishProbe.numberIn(sent, message));
            }
            numbers.addAll(here);
        } catch (AssertionError e) {
            refusedByClient++;
        } finally {
            sent.release();
        }
    }

    /** What is in a region now. */
    private static byte[] bytesOf(StoredRegion region) {
        try {
            ByteBuffer target = ByteBuffer.allocate(region.bytes());
            while (target.hasRemaining()) {
                if (region.source().channel().read(target, region.position() + target.position()) < 0) {
                    throw new AssertionError("the file ends before the region");
                }
            }
            return target.array();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected void onOutOfRange(long floor, long end) {
        floorTold = floor;
    }

    @Override
    protected void onRefused(Refusal reason) {
        throw new AssertionError(reason);
    }
}
