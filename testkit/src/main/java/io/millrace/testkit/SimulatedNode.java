package io.millrace.testkit;

/** What a name stands for. */
sealed interface SimulatedNode permits SimulatedFile, SimulatedDirectory {}
