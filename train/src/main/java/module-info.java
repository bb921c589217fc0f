/** The trainer: loop, metrics, run folder, checkpoints. */
module dev.merapi.train {
  requires transitive dev.merapi.core;
  requires transitive dev.merapi.data;
  requires transitive dev.merapi.nn;
  requires tools.jackson.databind;
}
