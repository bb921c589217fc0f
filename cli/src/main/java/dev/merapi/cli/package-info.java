/**
 * The {@code merapi} command: one class for each subcommand.
 *
 * <p>The only room that knows every other; nobody uses it.
 */
package dev.merapi.cli;
