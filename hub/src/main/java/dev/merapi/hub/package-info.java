/**
 * Models in the folders in which they are published on a hub: {@code config.json}, and weights as
 * safetensors under the names that Hugging Face's transformers gives them; tokenizers, and how the
 * model wants conversations to be written.
 *
 * <p>May use the zoo, whose models it builds, the trainer's room, whose files it reads and writes,
 * and that of texts; none of them knows of it. Used by recipes, the command and users.
 */
package dev.merapi.hub;
