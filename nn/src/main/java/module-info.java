/** Layers, losses, initialisers, optimizers and schedules. */
module dev.merapi.nn {
  requires transitive dev.merapi.core;

  exports dev.merapi.nn;
  exports dev.merapi.optim;
}
