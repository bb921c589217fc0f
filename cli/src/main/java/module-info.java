/** The merapi command. */
module dev.merapi.cli {
  requires dev.merapi.core;
  requires dev.merapi.data;
  requires dev.merapi.nn;
  requires dev.merapi.train;
  requires dev.merapi.zoo;
  requires info.picocli;
  requires java.management;
  requires jdk.management;
  requires tools.jackson.databind;

  // picocli fills the fields that carry options.
  opens dev.merapi.cli to
      info.picocli;
}
