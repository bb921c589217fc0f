/** Models in the folders in which they are published: read and written. */
module dev.merapi.hub {
  requires transitive dev.merapi.core;
  requires transitive dev.merapi.nn;
  requires transitive dev.merapi.zoo;
  requires transitive dev.merapi.text;
  requires dev.merapi.train;
  requires jinjava;
  // Jinjava is no module, so what it needs has to be said here.
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires com.fasterxml.jackson.datatype.jdk8;
  requires org.apache.commons.lang3;
  requires org.slf4j;
  requires org.yaml.snakeyaml;
  requires tools.jackson.databind;

  exports dev.merapi.hub;
}
