package io.millrace.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Runs a parameterized test with many seeds, its one {@code long} parameter. Each test has seeds of its own, the same
 * in each build.
 *
 * <p>System properties change them: {@code -Dseed=…} runs just this one, which is how a failure is replayed (its name
 * tells the seed); {@code -Dseeds.base=…} gives all tests other seeds; {@code -Dseeds.runs=…} multiplies how many.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(SeedArguments.class)
@ExtendWith(SeedReport.class)
public @interface SeedSource {
    /** How many seeds, 1 or more. */
    int runs();
}
