package io.millrace.server;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** One Java file, parsed by the JDK's compiler. */
final class JavaSource {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    private final Path path;
    private final String text;
    /** A parsed file keeps a compiler; there are too many of them to hold them all. */
    private WeakReference<Parsed> parsed = new WeakReference<>(null);

    /** The file that is looked at, which must not be parsed anew while somebody holds its trees. */
    @SuppressWarnings("UnusedVariable")
    private static volatile Parsed inUse;

    private record Parsed(CompilationUnitTree unit, DocTrees trees) {}

    /** Parses {@code text}; {@code path}, from the root of the repository, says whether it is a test. */
    JavaSource(Path path, String text) {
        this.path = path;
        this.text = text;
    }

    private Parsed parse() {
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavacTask task = (JavacTask) COMPILER.getTask(null, null, problems, null, null, List.of(new Text(path, text)));
        try {
            CompilationUnitTree unit = task.parse().iterator().next();
            if (!problems.getDiagnostics().isEmpty()) {
                throw new IllegalArgumentException(problems.getDiagnostics().toString());
            }
            return new Parsed(unit, DocTrees.instance(task));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Parsed parsed() {
        Parsed known = parsed.get();
        if (known == null) {
            known = parse();
            parsed = new WeakReference<>(known);
        }
        inUse = known;
        return known;
    }

    Path path() {
        return path;
    }

    String text() {
        return text;
    }

    /** The parsed file; while it is held, positions in it can be asked for. */
    CompilationUnitTree unit() {
        return parsed().unit;
    }

    boolean isTest() {
        return path.startsWith("src/test") || path.toString().contains("/src/test/");
    }

    boolean isPackageDescription() {
        return path.endsWith("package-info.java");
    }

    /** Whether it belongs to the package or to one below. */
    boolean isIn(String packageName) {
        String own =
                unit().getPackageName() == null ? "" : unit().getPackageName().toString();
        return own.equals(packageName) || own.startsWith(packageName + ".");
    }

    int lines() {
        return (int) text.lines().count();
    }

    int line(Tree tree) {
        return line(parsed().trees.getSourcePositions().getStartPosition(unit(), tree));
    }

    /** From the first modifier or annotation to the closing brace. */
    int lines(Tree tree) {
        return line(parsed().trees.getSourcePositions().getEndPosition(unit(), tree)) - line(tree) + 1;
    }

    boolean hasDocComment(Tree tree) {
        String comment = parsed().trees.getDocComment(TreePath.getPath(unit(), tree));
        return comment != null && !comment.isBlank();
    }

    private int line(long position) {
        return (int) unit().getLineMap().getLineNumber(position);
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String text;

        Text(Path path, String text) {
            super(URI.create("memory:///" + path.toString().replace('\\', '/')), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
