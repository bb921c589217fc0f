/**
 * Programs that use Merapi as a library, each complete in one file. The build compiles them and the
 * tests run them.
 *
 * <p>May use whatever a user may use: the exported packages.
 */
package dev.merapi.examples;
