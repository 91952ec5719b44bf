package io.millrace.server;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/**
 * The hard limits of the style, each a function from a source to what is wrong with it, as {@code path:line: words}.
 * There is no list of exceptions.
 */
final class TidyRules {
    static final int FILE_LINES_MAX = 500;
    static final int TEST_FILE_LINES_MAX = 800;
    static final int LINE_COLUMNS_MAX = 120;
    static final int METHOD_LINES_MAX = 60;

    private static final Set<String> WORDS_WITHOUT_MEANING =
            Set.of("Manager", "Helper", "Util", "Utils", "Impl", "Data", "Info", "Abstract");
    private static final Pattern CAMEL_CASE = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_");
    private static final Pattern UNFINISHED = Pattern.compile("\\b(T[O]DO|F[I]XME|X[X]X)\\b");

    private TidyRules() {}

    /** All rules about a single file. */
    static List<String> check(JavaSource source) {
        List<String> wrong = new ArrayList<>();
        wrong.addAll(fileLength(source));
        wrong.addAll(lineLength(source));
        wrong.addAll(methodLength(source));
        wrong.addAll(typeNames(source));
        wrong.addAll(docComments(source));
        wrong.addAll(unfinished(source));
        wrong.addAll(disabledTests(source));
        wrong.addAll(sleepingTests(source));
        wrong.addAll(printing(source));
        wrong.addAll(reflection(source));
        return wrong;
    }

    static List<String> fileLength(JavaSource source) {
        int linesMax = source.isTest() ? TEST_FILE_LINES_MAX : FILE_LINES_MAX;
        return source.lines() <= linesMax
                ? List.of()
                : List.of(wrong(source, linesMax + 1, "the file has " + source.lines() + " lines"));
    }

    static List<String> lineLength(JavaSource source) {
        return matchingLines(source, line -> line.codePointCount(0, line.length()) > LINE_COLUMNS_MAX, "a long line");
    }

    static List<String> unfinished(JavaSource source) {
        return matchingLines(source, line -> UNFINISHED.matcher(line).find(), "unfinished work");
    }

    /** Methods, constructors and lambdas; what is inside counts with what is around it. */
    static List<String> methodLength(JavaSource source) {
        return scan(source, new Finder(source) {
            @Override
            public Void visitMethod(MethodTree method, Void none) {
                limit(method, method.getName().toString());
                return super.visitMethod(method, null);
            }

            @Override
            public Void visitLambdaExpression(LambdaExpressionTree lambda, Void none) {
                limit(lambda, "a lambda");
                return super.visitLambdaExpression(lambda, null);
            }

            private void limit(Tree tree, String name) {
                int lines = source.lines(tree);
                if (lines > METHOD_LINES_MAX) {
                    found(tree, name + " has " + lines + " lines");
                }
            }
        });
    }

    static List<String> typeNames(JavaSource source) {
        return scan(source, new Finder(source) {
            @Override
            public Void visitClass(ClassTree type, Void none) {
                for (String word : CAMEL_CASE.split(type.getSimpleName(), -1)) {
                    if (WORDS_WITHOUT_MEANING.contains(word)) {
                        found(type, type.getSimpleName() + " has the word " + word);
                    }
                }
                return super.visitClass(type, null);
            }
        });
    }

    /** Public top-level types of the main code. */
    static List<String> docComments(JavaSource source) {
        if (source.isTest()) {
            return List.of();
        }
        List<String> wrong = new ArrayList<>();
        for (Tree tree : source.unit().getTypeDecls()) {
            if (tree instanceof ClassTree type
                    && type.getModifiers().getFlags().contains(Modifier.PUBLIC)
                    && !source.hasDocComment(type)) {
                wrong.add(wrong(source, source.line(type), type.getSimpleName() + " has no doc comment"));
            }
        }
        return wrong;
    }

    static List<String> disabledTests(JavaSource source) {
        return scan(source, new Finder(source) {
            @Override
            public Void visitAnnotation(AnnotationTree annotation, Void none) {
                String name = annotation.getAnnotationType().toString();
                if (name.substring(name.lastIndexOf('.') + 1).equals("Disabled")) {
                    found(annotation, "a disabled test");
                }
                return super.visitAnnotation(annotation, null);
            }
        });
    }

    static List<String> sleepingTests(JavaSource source) {
        if (!source.isTest()) {
            return List.of();
        }
        return scan(source, new Finder(source) {
            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Void none) {
                String name = call.getMethodSelect().toString();
                if (name.substring(name.lastIndexOf('.') + 1).equals("sleep")) {
                    found(call, "a test that sleeps");
                }
                return super.visitMethodInvocation(call, null);
            }
        });
    }

    /** Only the command line and the benchmarks print. */
    static List<String> printing(JavaSource source) {
        return source.isTest() || source.isIn("io.millrace.server") || source.isIn("io.millrace.bench")
                ? List.of()
                : names(source, Pattern.compile("(java\\.lang\\.)?System\\.out"));
    }

    static List<String> reflection(JavaSource source) {
        return source.isTest() || source.isIn("io.millrace.server")
                ? List.of()
                : names(
                        source,
                        Pattern.compile("(java\\.io\\.)?ObjectInputStream|(java\\.lang\\.)?Class\\.forName"
                                + "|java\\.lang\\.reflect"));
    }

    /** Each package of the main code describes itself and is null-marked. */
    static List<String> packageDescriptions(List<JavaSource> sources) {
        Set<Path> described = new LinkedHashSet<>();
        Set<Path> packages = new LinkedHashSet<>();
        List<String> wrong = new ArrayList<>();
        for (JavaSource source : sources) {
            if (source.isTest()) {
                continue;
            }
            packages.add(source.path().getParent());
            if (source.isPackageDescription()) {
                described.add(source.path().getParent());
                wrong.addAll(packageDescription(source));
            }
        }
        packages.removeAll(described);
        packages.forEach(each -> wrong.add(each + ": no package-info.java"));
        return wrong;
    }

    private static List<String> packageDescription(JavaSource source) {
        PackageTree tree = source.unit().getPackage();
        List<String> wrong = new ArrayList<>();
        if (tree == null || !source.hasDocComment(tree)) {
            wrong.add(wrong(source, 1, "the package has no doc comment"));
        }
        boolean marked = tree != null
                && tree.getAnnotations().stream()
                        .anyMatch(each -> each.getAnnotationType().toString().endsWith("NullMarked"));
        if (!marked) {
            wrong.add(wrong(source, 1, "the package is not null-marked"));
        }
        return wrong;
    }

    /** Names in the code, qualified as they are written; imports count. */
    private static List<String> names(JavaSource source, Pattern unwanted) {
        return scan(source, new Finder(source) {
            @Override
            public Void visitMemberSelect(MemberSelectTree select, Void none) {
                return look(select) ? null : super.visitMemberSelect(select, null);
            }

            @Override
            public Void visitIdentifier(IdentifierTree identifier, Void none) {
                look(identifier);
                return super.visitIdentifier(identifier, null);
            }

            private boolean look(Tree tree) {
                boolean matches =
                        isName(tree) && unwanted.matcher(tree.toString()).matches();
                if (matches) {
                    found(tree, "the name " + tree);
                }
                return matches;
            }
        });
    }

    /** Whether it is nothing but names and dots: what else is selected from may be long, and is no name. */
    private static boolean isName(Tree tree) {
        Tree part = tree;
        while (part instanceof MemberSelectTree select) {
            part = select.getExpression();
        }
        return part instanceof IdentifierTree;
    }

    private static List<String> matchingLines(JavaSource source, Predicate<String> matches, String words) {
        List<String> wrong = new ArrayList<>();
        int number = 0;
        for (String line : source.text().lines().toList()) {
            number++;
            if (matches.test(line)) {
                wrong.add(wrong(source, number, words));
            }
        }
        return wrong;
    }

    private static List<String> scan(JavaSource source, Finder finder) {
        finder.scan(source.unit(), null);
        return finder.wrong;
    }

    private static String wrong(JavaSource source, int line, String words) {
        return source.path() + ":" + line + ": " + words;
    }

    /** Collects what a walk through a file finds. */
    private abstract static class Finder extends TreeScanner<Void, Void> {
        private final JavaSource source;
        private final List<String> wrong = new ArrayList<>();

        Finder(JavaSource source) {
            this.source = source;
        }

        void found(Tree tree, String words) {
            wrong.add(TidyRules.wrong(source, source.line(tree), words));
        }
    }
}
