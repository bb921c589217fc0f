/**
 * What a text may be: {@link dev.merapi.grammar.Language} is that of a regular expression or a JSON
 * schema, and {@link dev.merapi.grammar.TokenMasks} tells which tokens keep a text within it.
 *
 * <p>May use {@code dev.merapi.text}; knows no model. Used by those who let a model write.
 */
package dev.merapi.grammar;
