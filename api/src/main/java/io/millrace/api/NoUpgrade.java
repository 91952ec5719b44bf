package io.millrace.api;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.util.Map;

/**
 * Has a connection in clear pass over an offer to go on in HTTP/2 ({@code Upgrade: h2c}), which RFC 9113 (section 3.1)
 * has taken out of HTTP/2. Clients still make the offer, the JDK's by default, and lose an answer of more than a few
 * kilobytes that follows the change at once. HTTP/2 with prior knowledge, and over TLS, stays.
 *
 * <p>The HTTP stack decides by the first four bytes whether the connection speaks HTTP/1, and then sets up what would
 * answer the offer; so these four go ahead alone, and what answers offers is taken out before the rest follows. One for
 * each connection; its loop's.
 */
final class NoUpgrade extends ChannelInboundHandlerAdapter {
    private static final int DECISIVE_BYTES = 4;
    /** The stack's class is not public. */
    private static final String UPGRADE_HANDLER = "HttpServerUpgradeHandler";

    private int passedBytes;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        int decisive = Math.min(DECISIVE_BYTES - passedBytes, bytes.readableBytes());
        passedBytes += decisive;
        context.fireChannelRead(bytes.readRetainedSlice(decisive));
        if (passedBytes == DECISIVE_BYTES) {
            removeUpgrade(context.pipeline());
            context.pipeline().remove(this);
        }
        if (bytes.isReadable()) {
            context.fireChannelRead(bytes);
        } else {
            bytes.release();
        }
    }

    private static void removeUpgrade(ChannelPipeline pipeline) {
        for (Map.Entry<String, ChannelHandler> each : pipeline) {
            if (each.getValue().getClass().getSimpleName().equals(UPGRADE_HANDLER)) {
                pipeline.remove(each.getKey());
                return;
            }
        }
    }
}
