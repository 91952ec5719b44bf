package io.millrace.server;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    private final CompilationUnitTree unit;
    private final DocTrees trees;

    /** Parses {@code text}; {@code path}, from the root of the repository, says whether it is a test. */
    JavaSource(Path path, String text) {
        this.path = path;
        this.text = text;
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavacTask task = (JavacTask) COMPILER.getTask(null, null, problems, null, null, List.of(new Text(path, text)));
        try {
            unit = task.parse().iterator().next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        trees = DocTrees.instance(task);
        if (!problems.getDiagnostics().isEmpty()) {
            throw new IllegalArgumentException(problems.getDiagnostics().toString());
        }
    }

    Path path() {
        return path;
    }

    String text() {
        return text;
    }

    CompilationUnitTree unit() {
        return unit;
    }

    boolean isTest() {
        return path.startsWith("src/test") || path.toString().contains("/src/test/");
    }

    boolean isPackageDescription() {
        return path.endsWith("package-info.java");
    }

    /** Whether it belongs to the package or to one below. */
    boolean isIn(String packageName) {
        String own = unit.getPackageName() == null ? "" : unit.getPackageName().toString();
        return own.equals(packageName) || own.startsWith(packageName + ".");
    }

    int lines() {
        return (int) text.lines().count();
    }

    int line(Tree tree) {
        return line(trees.getSourcePositions().getStartPosition(unit, tree));
    }

    /** From the first modifier or annotation to the closing brace. */
    int lines(Tree tree) {
        return line(trees.getSourcePositions().getEndPosition(unit, tree)) - line(tree) + 1;
    }

    boolean hasDocComment(Tree tree) {
        String comment = trees.getDocComment(TreePath.getPath(unit, tree));
        return comment != null && !comment.isBlank();
    }

    private int line(long position) {
        return (int) unit.getLineMap().getLineNumber(position);
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
