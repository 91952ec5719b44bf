package io.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole repository keeps the hard limits of its style, and each limit is one that can be broken. */
class TidyTest {
    private static final String BODY = "class A {\n    void m() {\n%s    }\n}\n";

    @Test
    void theRepositoryIsTidy() throws IOException {
        List<JavaSource> sources = sources();
        assertThat(sources).filteredOn(JavaSource::isTest).isNotEmpty();
        assertThat(sources).filteredOn(source -> !source.isTest()).isNotEmpty();
        report("main", sources, source -> !source.isTest());
        report("test", sources, JavaSource::isTest);

        List<String> wrong = new ArrayList<>(TidyRules.packageDescriptions(sources));
        sources.forEach(source -> wrong.addAll(TidyRules.check(source)));

        assertThat(wrong).isEmpty();
    }

    private static void report(String kind, List<JavaSource> sources, Predicate<JavaSource> of) {
        int[] lines = sources.stream()
                .filter(of)
                .filter(source -> !source.isPackageDescription())
                .mapToInt(JavaSource::lines)
                .sorted()
                .toArray();
        System.out.printf(
                "%s files: %d, lines: median %d, p90 %d, longest %d%n",
                kind, lines.length, lines[lines.length / 2], lines[lines.length * 9 / 10], lines[lines.length - 1]);
    }

    /** All Java files of the repository, but for what builds and tools left there. */
    private static List<JavaSource> sources() throws IOException {
        Path root = root();
        List<JavaSource> sources = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName().toString();
                boolean ours = directory.equals(root) || !(name.equals("target") || name.startsWith("."));
                return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".java")) {
                    sources.add(new JavaSource(root.relativize(file), Files.readString(file)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return sources;
    }

    /** The directory of the parent's pom, from that of any module. */
    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve(".mvn"))) {
            at = at.getParent();
        }
        return at;
    }

    @Test
    void aFileHasAtMost500LinesAndATest800() {
        assertRule(TidyRules::fileLength, main("\n".repeat(500)), main("\n".repeat(501)));
        assertRule(TidyRules::fileLength, test("\n".repeat(800)), test("\n".repeat(801)));
    }

    @Test
    void aLineHasAtMost120Columns() {
        assertRule(TidyRules::lineLength, main("// " + "x".repeat(117)), main("// " + "x".repeat(118)));
        assertThat(TidyRules.lineLength(main("\n\n// " + "x".repeat(118))))
                .containsExactly("m/src/main/java/A.java:3: a long line");
    }

    @Test
    void aMethodHasAtMost60Lines() {
        assertRule(TidyRules::methodLength, main(body(58)), main(body(59)));
    }

    @Test
    void aConstructorAndAnAnnotatedMethodAreMethods() {
        assertRule(
                TidyRules::methodLength,
                main(body(58).replace("void m()", "A()")),
                main(body(59).replace("void m()", "A()")));
        assertRule(
                TidyRules::methodLength,
                main(body(57).replace("void m()", "@Deprecated\nvoid m()")),
                main(body(58).replace("void m()", "@Deprecated\nvoid m()")));
    }

    @Test
    void lambdasAndInnerTypesCountWithTheirMethod() {
        String inside =
                "Runnable r = () -> {\n%s};\nObject o = new Object() {\npublic int hashCode() {\n%sreturn 1;\n}\n};\n";
        String outside = "class A {\nvoid m() {\n%s}\n}\n";

        assertRule(
                TidyRules::methodLength,
                main(outside.formatted(inside.formatted("\n".repeat(25), "\n".repeat(26)))),
                main(outside.formatted(inside.formatted("\n".repeat(26), "\n".repeat(26)))));
    }

    @Test
    void aLambdaInAFieldIsLimitedToo() {
        assertRule(
                TidyRules::methodLength,
                main("class A {\nRunnable r = () -> {\n" + "\n".repeat(58) + "};\n}\n"),
                main("class A {\nRunnable r = () -> {\n" + "\n".repeat(59) + "};\n}\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Manager", "Helper", "Util", "Utils", "Impl", "Data", "Info", "Abstract"})
    void typeNamesMeanSomething(String word) {
        assertRule(TidyRules::typeNames, main("class Journal {}"), main("class Journal" + word + " {}"));
        assertRule(TidyRules::typeNames, main("class A { enum B {} }"), main("class A { enum " + word + "Of {} }"));
        assertRule(
                TidyRules::typeNames, main("record Journal" + word + "less() {}"), main("record X" + word + "() {}"));
        assertRule(TidyRules::typeNames, test("interface " + word + "x {}"), test("interface A" + word + "X {}"));
    }

    @Test
    void aPublicTypeOfTheMainCodeHasADocComment() {
        assertRule(TidyRules::docComments, main("/** Doc. */\npublic class A {}"), main("// Doc.\npublic class A {}"));
        assertRule(
                TidyRules::docComments,
                main("/** Doc. */\n@Deprecated\npublic enum A {}"),
                main("/** */ public enum A {}"));
        assertThat(TidyRules.docComments(main("class A { public class B {} }"))).isEmpty();
        assertThat(TidyRules.docComments(test("public class A {}"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"T-ODO", "F-IXME", "X-XX"})
    void nothingIsLeftForLater(String parted) {
        String word = parted.replace("-", "");
        assertRule(TidyRules::unfinished, main("// " + word + "S"), main("class A {} // (" + word + ": later)"));
        assertRule(TidyRules::unfinished, test("// " + parted), test("/* " + word + " */"));
    }

    @Test
    void noTestIsDisabled() {
        assertRule(TidyRules::disabledTests, test("@Test class A {}"), test("@Disabled class A {}"));
        assertRule(
                TidyRules::disabledTests,
                test("class A { @NotDisabled void m() {} }"),
                test("class A { @org.junit.jupiter.api.Disabled(\"why\") void m() {} }"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Thread.sleep(1);",
                "java.util.concurrent.TimeUnit.SECONDS.sleep(1);",
                "SECONDS.sleep(1);",
                "sleep(1);"
            })
    void noTestSleeps(String statement) {
        assertRule(TidyRules::sleepingTests, test(body("asleep(1);")), test(body(statement)));
        assertRule(
                TidyRules::sleepingTests,
                main(body(statement)),
                test(body("run(() -> " + statement.replace(";", "") + ");")));
    }

    @Test
    void onlyTheCommandLinePrints() {
        String print = body("System.out.println();");
        assertRule(
                TidyRules::printing,
                main("package io.millrace.server.cli;\n" + print),
                main("package io.millrace.api;\n" + print));
        assertRule(
                TidyRules::printing,
                main("package io.millrace.server;\n" + print),
                main("package io.millrace.servers;\n" + print));
        assertRule(TidyRules::printing, test("package io.millrace.api;\n" + print), main(body("x(System.out);")));
        assertRule(TidyRules::printing, main(body("// System.out")), main("import static java.lang.System.out;"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import java.io.ObjectInputStream;",
                "import java.lang.reflect.Method;",
                "import java.lang.reflect.*;",
                "class A { Object o = new ObjectInputStream(in); }",
                "class A { Object o = Class.forName(name); }",
                "class A { Object o = java.lang.Class.forName(name); }",
                "class A { java.lang.reflect.Field f; }"
            })
    void noClassComesFromAName(String code) {
        assertRule(
                TidyRules::reflection,
                main("package io.millrace.server;\n" + code),
                main("package io.millrace.api;\n" + code));
        assertRule(TidyRules::reflection, test(code), main(code));
    }

    @Test
    void aPackageOfTheMainCodeDescribesItself() {
        JavaSource type = source("m/src/main/java/p/A.java", "class A {}");
        String good = "/** What it is. */\n@NullMarked\npackage p;\n";

        assertThat(packages(type, good)).isEmpty();
        assertThat(packages(type, good.replace("/** What it is. */", "")))
                .singleElement()
                .asString()
                .contains("no doc comment");
        assertThat(packages(type, good.replace("@NullMarked", "")))
                .singleElement()
                .asString()
                .contains("not null-marked");
        assertThat(TidyRules.packageDescriptions(List.of(type)))
                .containsExactly("m/src/main/java/p: no package-info.java");
        assertThat(TidyRules.packageDescriptions(List.of(test("class A {}")))).isEmpty();
    }

    @Test
    void allRulesAreChecked() {
        String bad = "@Disabled class AImpl { void m() { Thread.sleep(1); // " + "x".repeat(120)
                + " T_ODO".replace("_", "") + "\n" + "\n".repeat(900) + "} }";

        assertThat(TidyRules.check(test(bad))).hasSize(7);
        assertThat(TidyRules.check(main("public class A { Object o = System.out; java.lang.reflect.Field f; }")))
                .hasSize(3);
    }

    private static List<String> packages(JavaSource type, String description) {
        return TidyRules.packageDescriptions(List.of(type, source("m/src/main/java/p/package-info.java", description)));
    }

    private static void assertRule(Function<JavaSource, List<String>> rule, JavaSource good, JavaSource bad) {
        assertThat(rule.apply(good)).isEmpty();
        assertThat(rule.apply(bad)).hasSize(1);
    }

    private static String body(int lines) {
        return BODY.formatted("\n".repeat(lines));
    }

    private static String body(String statement) {
        return BODY.formatted(statement + "\n");
    }

    private static JavaSource main(String text) {
        return source("m/src/main/java/A.java", text);
    }

    private static JavaSource test(String text) {
        return source("m/src/test/java/A.java", text);
    }

    private static JavaSource source(String path, String text) {
        return new JavaSource(Path.of(path), text);
    }
}
