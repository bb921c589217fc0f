/**
 * Sound: WAV and FLAC files, resampling, log-mel spectrograms, and what is done to them in
 * training.
 *
 * <p>May use {@code dev.merapi.data}; used by recipes and users.
 */
package dev.merapi.audio;
