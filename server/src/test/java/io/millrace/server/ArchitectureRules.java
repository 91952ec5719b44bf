package io.millrace.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What may know what, as rules over compiled classes. */
final class ArchitectureRules {
    /** From the bottom up: each may use those before it. */
    private static final List<String> MODULES =
            List.of("base", "storage", "engine", "broker", "gateway", "protocol", "api", "server");

    /** The packages of the engine that others use: its commands, what they decide, what tools look with. */
    private static final String[] ENGINE_FOR_OTHERS = {
        "io.millrace.engine", "io.millrace.engine.policy", "io.millrace.engine.inspect"
    };

    private static final Pattern THREADS = Pattern.compile("java\\.lang\\.Thread(Group|Local|\\$.*)?"
            + "|java\\.util\\.(Timer|TimerTask)"
            + "|java\\.util\\.concurrent\\.([A-Za-z]*Executor[A-Za-z]*|ForkJoin[A-Za-z]*|ThreadFactory"
            + "|CountDownLatch|Semaphore|[A-Za-z]*BlockingQueue)"
            + "|java\\.util\\.concurrent\\.locks\\..*"
            + "|io\\.millrace\\.base\\.AgentThread");
    private static final Pattern LOGGERS =
            Pattern.compile("org\\.slf4j\\..*|java\\.util\\.logging\\..*|java\\.lang\\.System\\$Logger.*");
    private static final Pattern FILES = Pattern.compile(
            "java\\.nio\\.file\\..*|java\\.nio\\.channels\\..*" + "|java\\.io\\.(File|RandomAccessFile)[A-Za-z]*");
    private static final Pattern CHANCE =
            Pattern.compile("java\\.util\\.(Random|concurrent\\.ThreadLocalRandom)|java\\.security\\.SecureRandom");
    private static final Pattern FILES_BUT_PATHS = Pattern.compile("java\\.nio\\.file\\.(Files|FileSystems?|FileStore)"
            + "|java\\.nio\\.channels\\.[A-Za-z]*FileChannel|java\\.io\\.(File|RandomAccessFile)[A-Za-z]*");
    private static final Set<String> CLOCK_READINGS = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.time.Instant.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone",
            "io.millrace.base.Clock.SYSTEM",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID");

    private ArchitectureRules() {}

    /** All rules by name. */
    static Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        for (int i = 0; i < MODULES.size() - 1; i++) {
            rules.put(MODULES.get(i) + " uses nothing above it", downward(i));
        }
        rules.put("main code does not use the test kit", withoutTestKit());
        rules.put("the test kit uses base only", testKit());
        rules.put("protocols do not know each other", protocols());
        rules.put("the packages of the engine are free of cycles", enginePackages());
        rules.put("only the engine knows what is inside of it", engineInside());
        rules.put("the engine has no threads", engineWithout("threads", THREADS));
        rules.put("the engine has no loggers", engineWithout("loggers", LOGGERS));
        rules.put("the engine has no files", engineWithout("files", FILES));
        rules.put("the engine has no randomness of its own", engineWithout("randomness", CHANCE));
        rules.put("the engine has no clock of its own", engineWithoutClock());
        rules.put("storage reaches files through base", storageFiles());
        rules.put("only the server knows logback, picocli and snakeyaml", serverLibraries());
        rules.replaceAll((name, rule) -> rule.as(name).allowEmptyShould(true));
        return rules;
    }

    private static ArchRule downward(int module) {
        String[] above = MODULES.subList(module + 1, MODULES.size()).stream()
                .map(ArchitectureRules::packages)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(packages(MODULES.get(module)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(above);
    }

    private static ArchRule withoutTestKit() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(packages("testkit"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(packages("testkit"));
    }

    private static ArchRule testKit() {
        String[] others = MODULES.stream()
                .filter(each -> !each.equals("base"))
                .map(ArchitectureRules::packages)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(packages("testkit"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others);
    }

    private static ArchRule protocols() {
        return slices().matching("io.millrace.protocol.(*)..").should().notDependOnEachOther();
    }

    private static ArchRule enginePackages() {
        return slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        boolean isOfEngine =
                                resideInAPackage(packages("engine")).test(type);
                        return isOfEngine ? SliceIdentifier.of(type.getPackageName()) : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "packages of the engine";
                    }
                })
                .should()
                .beFreeOfCycles();
    }

    private static ArchRule engineInside() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(packages("engine"))
                .should()
                .dependOnClassesThat(
                        resideInAPackage(packages("engine")).and(not(resideInAnyPackage(ENGINE_FOR_OTHERS))));
    }

    private static ArchRule engineWithout(String what, Pattern names) {
        return noClasses().that().resideInAPackage(packages("engine")).should().dependOnClassesThat(named(what, names));
    }

    private static ArchRule engineWithoutClock() {
        DescribedPredicate<JavaAccess<?>> reading = describe(
                "the machine's clock or chance",
                access -> CLOCK_READINGS.contains(access.getTargetOwner().getFullName() + "."
                        + access.getTarget().getName()));
        return noClasses().that().resideInAPackage(packages("engine")).should().accessTargetWhere(reading);
    }

    private static ArchRule storageFiles() {
        return noClasses()
                .that()
                .resideInAPackage(packages("storage"))
                .should()
                .dependOnClassesThat(named("files of the machine", FILES_BUT_PATHS));
    }

    private static ArchRule serverLibraries() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(packages("server"))
                .should()
                .dependOnClassesThat(resideInAnyPackage("ch.qos.logback..", "picocli..", "org.snakeyaml.."));
    }

    private static DescribedPredicate<JavaClass> named(String what, Pattern names) {
        return describe(what, type -> names.matcher(type.getFullName()).matches());
    }

    private static String packages(String module) {
        return "io.millrace." + module + "..";
    }
}
