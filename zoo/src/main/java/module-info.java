/** Architectures, one file each. */
module dev.merapi.zoo {
  requires transitive dev.merapi.core;
  requires transitive dev.merapi.nn;

  exports dev.merapi.zoo;
}
