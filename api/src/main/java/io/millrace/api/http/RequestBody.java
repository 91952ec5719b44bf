package io.millrace.api.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Gathers the body of one request in one buffer, counting each piece against the bound of the route and the budget of
 * the door before it is kept. A body that comes in one piece is not copied; of one that was refused, nothing is kept.
 * The connection's loop.
 */
final class RequestBody implements Subscriber<HttpObject> {
    private static final int GROWTH = 4;
    private static final int CAPACITY_MIN = 4096;

    private final ByteBudget budget;
    private final ByteBufAllocator allocator;
    private final int bytesMax;
    private final long announcedBytes;
    private final CompletableFuture<ByteBuf> result = new CompletableFuture<>();
    private @Nullable Subscription subscription;
    private @Nullable ByteBuf gathered;
    private boolean copied;
    private long takenBytes;

    /** Gathers at most {@code bytesMax} bytes, of {@code announcedBytes} if those are known, else -1. */
    RequestBody(ByteBudget budget, ByteBufAllocator allocator, int bytesMax, long announcedBytes) {
        this.budget = budget;
        this.allocator = allocator;
        this.bytesMax = bytesMax;
        this.announcedBytes = announcedBytes;
    }

    /** The whole body, which the receiver releases; fails where there is none in the end. */
    CompletableFuture<ByteBuf> result() {
        return result;
    }

    /** Whether the body is all there. */
    boolean isComplete() {
        return result.isDone() && !result.isCompletedExceptionally();
    }

    /** Has what is still on its way come in and dropped, where the body was refused. */
    void discardRest() {
        Subscription arriving = subscription;
        if (arriving != null) {
            arriving.request(Long.MAX_VALUE);
        }
    }

    /** Gives back what was taken of the budget; once, when the body is not needed any more. */
    void giveBack() {
        budget.give(takenBytes);
        takenBytes = 0;
    }

    static ProblemException tooLarge(int bytesMax) {
        String most = bytesMax == 0 ? "this route takes no body" : "this route takes at most " + bytesMax + " bytes";
        return new ProblemException(Problem.BODY_TOO_LARGE, most);
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
        subscription = newSubscription;
        if (announcedBytes > bytesMax) {
            onError(tooLarge(bytesMax));
        } else {
            newSubscription.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(HttpObject object) {
        if (!(object instanceof HttpData data)) {
            return; // trailers
        }
        ByteBuf piece = data.byteBuf();
        int bytes = piece.readableBytes();
        if (result.isDone() || bytes == 0) {
            piece.release();
        } else if (bytes > bytesMax - takenBytes) {
            piece.release();
            onError(tooLarge(bytesMax));
        } else if (!budget.take(bytes)) {
            piece.release();
            onError(new ProblemException(
                    Problem.OUT_OF_MEMORY_BUDGET,
                    "requests under way have taken all memory that is set aside for them; try again in a moment",
                    Map.of("retry-after", "1")));
        } else {
            takenBytes += bytes;
            keep(piece);
        }
    }

    private void keep(ByteBuf piece) {
        ByteBuf before = gathered;
        if (before == null) {
            gathered = piece;
            return;
        }
        if (!copied) {
            gathered = before = copyOf(before);
            copied = true;
        }
        if (before.writableBytes() < piece.readableBytes()) {
            before.capacity(capacity(before.readableBytes() + piece.readableBytes()));
        }
        before.writeBytes(piece);
        piece.release();
    }

    private ByteBuf copyOf(ByteBuf first) {
        ByteBuf copy = allocator.buffer(capacity(first.readableBytes()), bytesMax);
        copy.writeBytes(first);
        first.release();
        return copy;
    }

    /** More than what is there, but never more than what was announced: an announcement alone takes no memory. */
    private int capacity(int bytes) {
        long most = announcedBytes >= bytes ? announcedBytes : bytesMax;
        return (int) Math.min(most, Math.max(CAPACITY_MIN, (long) bytes * GROWTH));
    }

    @Override
    public void onError(Throwable cause) {
        ByteBuf kept = gathered;
        gathered = null;
        if (kept != null && !isComplete()) {
            kept.release();
        }
        result.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        ByteBuf kept = gathered;
        gathered = null;
        if (!result.complete(kept == null ? Unpooled.EMPTY_BUFFER : kept) && kept != null) {
            kept.release();
        }
    }
}
