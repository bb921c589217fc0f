/**
 * What a measured process does, whichever engine it holds: the workloads, their data, the loop that
 * warms up and takes the time. Engines on the JVM use it; the script for Python follows it.
 */
package dev.merapi.bench.work;
