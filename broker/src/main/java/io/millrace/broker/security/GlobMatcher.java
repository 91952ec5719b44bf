package io.millrace.broker.security;

/**
 * Matches names against {@code *} and {@code ?}. On a mismatch only the last {@code *} takes one character more,
 * earlier ones never need to, so that a match costs at most pattern length times name length steps.
 *
 * <p>Stateless; any thread; allocates nothing.
 */
final class GlobMatcher implements NameMatcher {
    private final String glob;

    private GlobMatcher(String glob) {
        this.glob = glob;
    }

    static NameMatcher of(String glob) {
        int firstWild = firstWild(glob);
        if (firstWild == glob.length()) {
            return NameMatcher.literal(glob);
        }
        if (firstWild == glob.length() - 1 && glob.charAt(firstWild) == '*') {
            return firstWild == 0 ? NameMatcher.any() : NameMatcher.prefix(glob.substring(0, firstWild));
        }
        return new GlobMatcher(glob);
    }

    private static int firstWild(String glob) {
        int at = 0;
        while (at < glob.length() && glob.charAt(at) != '*' && glob.charAt(at) != '?') {
            at++;
        }
        return at;
    }

    @Override
    public boolean matches(CharSequence name) {
        int inGlob = 0;
        int inName = 0;
        int starInGlob = -1;
        int starTakesTo = 0;
        while (inName < name.length()) {
            if (inGlob < glob.length() && glob.charAt(inGlob) == '*') {
                starInGlob = inGlob++;
                starTakesTo = inName;
            } else if (inGlob < glob.length() && fits(glob.charAt(inGlob), name.charAt(inName))) {
                inName = glob.charAt(inGlob) == '?' ? afterCharacter(name, inName) : inName + 1;
                inGlob++;
            } else if (starInGlob >= 0) {
                starTakesTo = afterCharacter(name, starTakesTo);
                inName = starTakesTo;
                inGlob = starInGlob + 1;
            } else {
                return false;
            }
        }
        while (inGlob < glob.length() && glob.charAt(inGlob) == '*') {
            inGlob++;
        }
        return inGlob == glob.length();
    }

    private static boolean fits(char wanted, char found) {
        return wanted == '?' || wanted == found;
    }

    /** A character outside the basic plane is two chars and still one character. */
    private static int afterCharacter(CharSequence name, int at) {
        boolean pair = Character.isHighSurrogate(name.charAt(at))
                && at + 1 < name.length()
                && Character.isLowSurrogate(name.charAt(at + 1));
        return pair ? at + 2 : at + 1;
    }
}
