/** Models in the folders in which they are published: read and written. */
module dev.merapi.hub {
  requires transitive dev.merapi.core;
  requires transitive dev.merapi.nn;
  requires transitive dev.merapi.zoo;
  requires dev.merapi.train;
  requires tools.jackson.databind;

  exports dev.merapi.hub;
}
