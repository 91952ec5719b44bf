package io.millrace.broker.security;

/** A name that counts how often it is read, and ends a search that reads it too often. */
final class CountingName implements CharSequence {
    private final String name;
    private final long readsMax;
    private long reads;

    CountingName(String name, long readsMax) {
        this.name = name;
        this.readsMax = readsMax;
    }

    long reads() {
        return reads;
    }

    @Override
    public char charAt(int index) {
        if (++reads > readsMax) {
            throw new TooManyReads();
        }
        return name.charAt(index);
    }

    @Override
    public int length() {
        return name.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        throw new AssertionError("a match reads characters, it does not cut");
    }

    @Override
    public String toString() {
        throw new UnsupportedOperationException("reads would not be counted");
    }

    static final class TooManyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
