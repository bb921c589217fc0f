/**
 * Reports for people: pages of numbers, words and pictures, each one HTML file that needs nothing
 * else.
 *
 * <p>May use {@code dev.merapi.evaluation} and {@code dev.merapi.train}; used by recipes and the
 * command. What comes from files and users is text, never HTML.
 */
package dev.merapi.report;
