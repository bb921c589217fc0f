/**
 * Tokenizers: text to ids and back. {@link dev.merapi.text.Tokenizer} is what models and recipes
 * see; {@code Tokenizer.load} finds out which kind a file or folder holds.
 *
 * <p>{@link dev.merapi.text.TextFiles} cuts texts that may be larger than memory into a {@link
 * dev.merapi.text.TokenSequence}, of which {@link dev.merapi.text.TokenWindows} make a data set;
 * {@link dev.merapi.text.Stories} need no files at all.
 *
 * <p>May use {@code dev.merapi.data} (data sets, its exception, files written whole); knows no
 * model. Used by recipes, language models and users.
 */
package dev.merapi.text;
