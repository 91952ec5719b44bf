package io.millrace.server.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the process that listens on a TCP port, through Linux's {@code /proc} (proc_net(5), proc_pid_fd(5)). What this
 * user may not read is skipped, so the answer may be empty although the port is taken. Only the command's short name
 * is told: the full command line of another user's process may hold secrets.
 *
 * <p>Stateless; any thread.
 */
final class PortHolder {
    private static final int FIELD_LOCAL = 1;
    private static final int FIELD_STATE = 3;
    private static final int FIELD_INODE = 9;
    private static final String LISTENING = "0A";

    private final Path proc;

    PortHolder(Path proc) {
        this.proc = proc;
    }

    static PortHolder ofThisMachine() {
        return new PortHolder(Path.of("/proc"));
    }

    /** The process that keeps others from listening on {@code wanted}, as {@code nginx (process 4711)}. */
    Optional<String> find(InetSocketAddress wanted) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            collectSockets(proc.resolve("net").resolve(table), wanted, sockets);
        }
        return sockets.isEmpty() ? Optional.empty() : findOwner(sockets);
    }

    private static void collectSockets(Path table, InetSocketAddress wanted, Set<String> sockets) {
        try {
            for (String line : Files.readAllLines(table)) {
                String[] fields = line.strip().split(" +", -1);
                if (fields.length > FIELD_INODE
                        && fields[FIELD_STATE].equals(LISTENING)
                        && isInTheWay(fields[FIELD_LOCAL], wanted)) {
                    sockets.add("socket:[" + fields[FIELD_INODE] + "]");
                }
            }
        } catch (IOException e) {
            // No such table: another system than Linux, or no IPv6.
        }
    }

    /** Whether a listener on {@code local}, as the kernel writes it, keeps {@code wanted} from being bound. */
    private static boolean isInTheWay(String local, InetSocketAddress wanted) {
        int colon = local.indexOf(':');
        try {
            InetAddress address = address(local.substring(0, colon));
            return Integer.parseInt(local.substring(colon + 1), 16) == wanted.getPort()
                    && (address.isAnyLocalAddress()
                            || wanted.getAddress().isAnyLocalAddress()
                            || address.equals(wanted.getAddress()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | UnknownHostException e) {
            return false;
        }
    }

    /** The kernel writes the address as 32-bit words in the byte order of the machine. */
    private static InetAddress address(String hex) throws UnknownHostException {
        ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.nativeOrder());
        ByteBuffer address = ByteBuffer.allocate(words.capacity());
        while (words.remaining() >= Integer.BYTES) {
            address.putInt(words.getInt());
        }
        return InetAddress.getByAddress(address.array());
    }

    private Optional<String> findOwner(Set<String> sockets) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holdsOneOf(process, sockets)) {
                    return Optional.of(commandOf(process) + " (process " + process.getFileName() + ")");
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean holdsOneOf(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (sockets.contains(targetOf(file))) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Another user's process, or one that has ended meanwhile.
        }
        return false;
    }

    private static String targetOf(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    private static String commandOf(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip().replaceAll("\\p{Cntrl}", "?");
        } catch (IOException e) {
            return "a command that has ended";
        }
    }
}
