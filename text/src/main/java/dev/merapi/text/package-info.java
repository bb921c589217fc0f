/**
 * Tokenizers: text to ids and back. {@link dev.merapi.text.Tokenizer} is what models and recipes
 * see; {@code Tokenizer.load} finds out which kind a file or folder holds.
 *
 * <p>May use {@code dev.merapi.data} (its exception, files written whole); knows no tensor and no
 * model. Used by recipes, language models and users.
 */
package dev.merapi.text;
