package io.millrace.testkit;

import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.AnnotationBasedArgumentsProvider;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Supplies the seeds of {@link SeedSource}, each with a name that says how to run it again. */
final class SeedArguments extends AnnotationBasedArgumentsProvider<SeedSource> {
    @Override
    protected Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context, SeedSource source) {
        String test = context.getRequiredTestClass().getName() + "."
                + context.getRequiredTestMethod().getName();
        return new Seeds(context::getConfigurationParameter)
                .of(test, source.runs())
                .mapToObj(seed -> Arguments.of(Named.of("-D" + Seeds.SEED + "=" + seed, seed)));
    }
}
