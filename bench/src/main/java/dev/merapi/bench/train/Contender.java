package dev.merapi.bench.train;

import java.util.List;
import java.util.Map;

/**
 * An engine in one of its settings, and how to start it.
 *
 * @param command all words but the {@link dev.merapi.bench.work.Task}'s
 * @param environment variables to add
 */
record Contender(
    String engine, String setting, List<String> command, Map<String, String> environment) {}
