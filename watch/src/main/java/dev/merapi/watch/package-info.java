/**
 * What is known of runs that were made, or are being made by other processes: a catalogue with
 * curves, comparison, SQL and a trash, and the web page that shows them. It reads the files of runs
 * and knows nothing of models; everything in those files is a stranger's text.
 *
 * <p>May use {@code dev.merapi.data} and {@code dev.merapi.train}. Used by the command.
 */
package dev.merapi.watch;
