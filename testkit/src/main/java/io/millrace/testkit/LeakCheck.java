package io.millrace.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Fails a test class that leaves threads behind: ones that it started, still alive after all of its tests and
 * {@code @AfterAll} methods, and either not daemons or named {@code millrace-…}. For classes that run one after the
 * other.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(ThreadLeaks.class)
public @interface LeakCheck {
    /** How long threads may take to end once the tests are over. */
    long waitMillisMax() default 10_000;
}
