package io.millrace.broker.routing;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * IP addresses that begin with the same bits, as CIDR spells it (RFC 4632, RFC 4291): {@code 10.0.0.0/8}. An address is
 * a text; names are not looked up. Immutable; any thread.
 */
final class AddressRange implements FilterCondition {
    private static final int ADDRESS_CHARS_MAX = 45;

    private final byte[] network;
    private final int bits;

    private AddressRange(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    static AddressRange of(String text, String path) {
        int slash = text.indexOf('/');
        byte[] network = slash < 0 ? null : address(text.substring(0, slash));
        int bits = slash < 0 ? -1 : bits(text.substring(slash + 1));
        if (network == null || bits < 0 || bits > network.length * Byte.SIZE) {
            throw new IllegalArgumentException(path + " is not an IP address with the length of its prefix, like"
                    + " 10.0.0.0/8 or 2001:db8::/32");
        }
        return new AddressRange(network, bits);
    }

    private static int bits(String text) {
        return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
    }

    private static byte @Nullable [] address(String text) {
        return text.length() <= ADDRESS_CHARS_MAX ? NetUtil.createByteArrayFromIpAddressString(text) : null;
    }

    @Override
    public boolean holds(@Nullable Object value) {
        byte[] address = value instanceof String text ? address(text) : null;
        if (address == null || address.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if (((address[bit / Byte.SIZE] ^ network[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
