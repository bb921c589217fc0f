package dev.merapi.nn;

/** Positions that attention itself knows of, instead of finding them in what it reads. */
public sealed interface AttentionPositions permits Rotary, Alibi {}
