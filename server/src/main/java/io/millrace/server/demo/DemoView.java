package io.millrace.server.demo;

/** Where the demo shows what goes on. Any thread. */
interface DemoView extends AutoCloseable {
    /** Something happened that stays worth reading. */
    void event(String text);

    /** Stops showing progress; events still come through. */
    @Override
    void close();
}
