/** The measured process that holds Merapi: the workloads, built of zoo's models. */
package dev.merapi.bench.ours;
