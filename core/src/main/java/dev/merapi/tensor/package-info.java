/**
 * What users touch: tensors, shapes, dtypes, devices, random keys and gradients. A method on a
 * tensor records an op and computes nothing; reading a value does.
 *
 * <p>May use {@code dev.merapi.graph} and {@code dev.merapi.backend}. Everybody may use it.
 */
package dev.merapi.tensor;
