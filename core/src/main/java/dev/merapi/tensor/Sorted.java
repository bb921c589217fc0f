package dev.merapi.tensor;

/** Elements in order along an axis, and the i32 places that they came from. */
public record Sorted(Tensor values, Tensor indices) {}
