package io.millrace.broker.selector;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;

/** A condition as a tree that is walked in the plainest way, with values as objects and null for null. */
interface PlainCondition {
    /** What it comes to for a message with these headers. */
    Truth test(Map<String, Object> headers);

    /** One of the ways to write it. */
    String text(SplittableRandom random);

    /** What has a value; null where there is none. */
    interface Value {
        Object of(Map<String, Object> headers);

        String text(SplittableRandom random);
    }

    private static Truth known(Boolean truth) {
        return truth == null ? Truth.UNKNOWN : truth ? Truth.TRUE : Truth.FALSE;
    }

    private static Truth not(Truth truth) {
        return truth == Truth.UNKNOWN ? truth : known(truth == Truth.FALSE);
    }

    /** A word in any mixture of capitals. */
    static String keyword(String word, SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char each = word.charAt(i);
            text.append(random.nextBoolean() ? Character.toUpperCase(each) : Character.toLowerCase(each));
        }
        return text.toString();
    }

    static String space(SplittableRandom random) {
        return " \t\n\r\f".substring(random.nextInt(5)).substring(0, 1).repeat(random.nextInt(1, 3));
    }

    record Name(String name) implements Value {
        @Override
        public Object of(Map<String, Object> headers) {
            return headers.get(name);
        }

        @Override
        public String text(SplittableRandom random) {
            return random.nextInt(5) == 0 ? '"' + name + '"' : name;
        }
    }

    record Literal(Object value, String text) implements Value {
        @Override
        public Object of(Map<String, Object> headers) {
            return value;
        }

        @Override
        public String text(SplittableRandom random) {
            return text;
        }
    }

    record Operation(char operator, Value left, Value right) implements Value {
        @Override
        public Object of(Map<String, Object> headers) {
            Object one = left.of(headers);
            Object other = right.of(headers);
            if (!(one instanceof Number a) || !(other instanceof Number b)) {
                return null;
            }
            if (a instanceof Double || b instanceof Double) {
                double x = a.doubleValue();
                double y = b.doubleValue();
                return operator == '+' ? x + y : operator == '-' ? x - y : operator == '*' ? x * y : x / y;
            }
            long x = a.longValue();
            long y = b.longValue();
            if (operator == '/') {
                return y == 0 ? null : (Object) (x / y);
            }
            return operator == '+' ? x + y : operator == '-' ? x - y : x * y;
        }

        /** Parentheses only where the tree would be another one without them, and sometimes where not. */
        @Override
        public String text(SplittableRandom random) {
            boolean isProduct = operator == '*' || operator == '/';
            String first = grouped(left, isProduct && isSum(left), random);
            String second = grouped(right, right instanceof Operation && (isProduct || isSum(right)), random);
            return first + space(random) + operator + space(random) + second;
        }

        private static boolean isSum(Value value) {
            return value instanceof Operation inner && (inner.operator == '+' || inner.operator == '-');
        }

        private static String grouped(Value value, boolean isNeeded, SplittableRandom random) {
            String text = value.text(random);
            return isNeeded || random.nextInt(6) == 0 ? "(" + text + ")" : text;
        }
    }

    record Minus(Value value) implements Value {
        @Override
        public Object of(Map<String, Object> headers) {
            Object found = value.of(headers);
            if (found instanceof Long number) {
                return -number;
            }
            return found instanceof Double number ? (Object) (-number) : null;
        }

        @Override
        public String text(SplittableRandom random) {
            return "-(" + value.text(random) + ")";
        }
    }

    record Compared(String operator, Value left, Value right) implements PlainCondition {
        @Override
        public Truth test(Map<String, Object> headers) {
            return known(compare(operator, left.of(headers), right.of(headers)));
        }

        private static Boolean compare(String operator, Object one, Object other) {
            if (one == null || other == null) {
                return null;
            }
            if (one instanceof Number a && other instanceof Number b) {
                return (a instanceof Long && b instanceof Long)
                        ? holds(operator, a.longValue() == b.longValue(), a.longValue() < b.longValue(), false)
                        : holds(
                                operator,
                                a.doubleValue() == b.doubleValue(),
                                a.doubleValue() < b.doubleValue(),
                                Double.isNaN(a.doubleValue()) || Double.isNaN(b.doubleValue()));
            }
            boolean areAlike = one.getClass() == other.getClass() && !(one instanceof byte[]);
            return areAlike
                    && ((operator.equals("=") && one.equals(other)) || (operator.equals("<>") && !one.equals(other)));
        }

        private static boolean holds(String operator, boolean isEqual, boolean isLess, boolean isUnordered) {
            if (isUnordered) {
                return operator.equals("<>");
            }
            return switch (operator) {
                case "=" -> isEqual;
                case "<>" -> !isEqual;
                case "<" -> isLess;
                case "<=" -> isLess || isEqual;
                case ">" -> !isLess && !isEqual;
                default -> !isLess;
            };
        }

        @Override
        public String text(SplittableRandom random) {
            return left.text(random) + space(random) + operator + space(random) + right.text(random);
        }
    }

    record Between(Value value, Value low, Value high, boolean isNegative) implements PlainCondition {
        @Override
        public Truth test(Map<String, Object> headers) {
            Truth above = new Compared(isNegative ? "<" : ">=", value, low).test(headers);
            Truth below = new Compared(isNegative ? ">" : "<=", value, high).test(headers);
            return new Joined(!isNegative, List.of(fixed(above), fixed(below))).test(headers);
        }

        private static PlainCondition fixed(Truth truth) {
            return new Fixed(truth);
        }

        @Override
        public String text(SplittableRandom random) {
            return value.text(random) + " " + keyword(isNegative ? "not between" : "between", random) + " "
                    + low.text(random) + keyword(" and ", random) + high.text(random);
        }
    }

    record Fixed(Truth truth) implements PlainCondition {
        @Override
        public Truth test(Map<String, Object> headers) {
            return truth;
        }

        @Override
        public String text(SplittableRandom random) {
            return keyword(truth.name(), random);
        }
    }

    record Flag(Name name) implements PlainCondition {
        @Override
        public Truth test(Map<String, Object> headers) {
            return known(name.of(headers) instanceof Boolean flag ? flag : null);
        }

        @Override
        public String text(SplittableRandom random) {
            return name.text(random);
        }
    }

    record IsNull(Name name, boolean isNegative) implements PlainCondition {
        @Override
        public Truth test(Map<String, Object> headers) {
            return known((name.of(headers) == null) != isNegative);
        }

        @Override
        public String text(SplittableRandom random) {
            return name.text(random) + space(random) + keyword(isNegative ? "is not null" : "is null", random);
        }
    }

    /** IN and LIKE: a question about a text. */
    record Asked(Name name, boolean isNegative, BiPredicate<String, String> question, String said, String written)
            implements PlainCondition {
        @Override
        public Truth test(Map<String, Object> headers) {
            Object found = name.of(headers);
            Truth truth =
                    found == null ? Truth.UNKNOWN : known(found instanceof String text && question.test(text, said));
            return isNegative ? not(truth) : truth;
        }

        @Override
        public String text(SplittableRandom random) {
            return name.text(random) + keyword(isNegative ? " not " : " ", random) + written;
        }
    }

    record Not(PlainCondition condition) implements PlainCondition {
        @Override
        public Truth test(Map<String, Object> headers) {
            return not(condition.test(headers));
        }

        @Override
        public String text(SplittableRandom random) {
            boolean isNeeded = condition instanceof Joined;
            String inner = condition.text(random);
            return keyword("not", random) + " " + (isNeeded || random.nextInt(3) == 0 ? "(" + inner + ")" : inner);
        }
    }

    record Joined(boolean isAnd, List<PlainCondition> parts) implements PlainCondition {
        @Override
        public Truth test(Map<String, Object> headers) {
            Truth decisive = known(!isAnd);
            boolean isUnknown = false;
            for (PlainCondition each : parts) {
                Truth truth = each.test(headers);
                if (truth == decisive) {
                    return decisive;
                }
                isUnknown |= truth == Truth.UNKNOWN;
            }
            return isUnknown ? Truth.UNKNOWN : not(decisive);
        }

        @Override
        public String text(SplittableRandom random) {
            StringBuilder text = new StringBuilder();
            for (PlainCondition each : parts) {
                boolean isNeeded = isAnd && each instanceof Joined inner && !inner.isAnd;
                String part = each.text(random);
                text.append(text.isEmpty() ? "" : space(random) + keyword(isAnd ? "and" : "or", random) + space(random))
                        .append(isNeeded || random.nextInt(4) == 0 ? "(" + part + ")" : part);
            }
            return text.toString();
        }
    }
}
