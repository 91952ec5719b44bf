package io.millrace.server.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the program end itself in order, with its own exit status, when it is told to by SIGTERM or SIGINT; the JVM
 * alone would exit with 143 or 130. The JDK's only interface for that, {@code sun.misc.Signal} (module
 * jdk.unsupported), is reached by reflection, because the compiler warns of it and the warning cannot be turned off.
 */
public final class StopSignals {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

    private StopSignals() {}

    /**
     * Calls {@code action} with the signal's name, on a thread of the JVM, each time that one of the signals arrives.
     * Where the JVM does not let signals be handled ({@code -Xrs}, or a runtime without the module), it ends the
     * process as it always does.
     */
    public static void handle(Consumer<String> action) {
        for (String name : new String[] {"TERM", "INT"}) {
            try {
                handle(name, action);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                LOG.warn("SIG{} will end the process without an orderly end: it cannot be handled", name, e);
            }
        }
    }

    private static void handle(String name, Consumer<String> action) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object proxy = Proxy.newProxyInstance(
                handler.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return ofObject(self, method, arguments);
                    }
                    action.accept("SIG" + name);
                    return null;
                });
        try {
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(e.getCause());
        }
    }

    private static Object ofObject(Object self, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> "handler of stop signals";
        };
    }
}
