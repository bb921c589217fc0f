/** The merapi command. */
module dev.merapi.cli {
  requires dev.merapi.core;
  requires dev.merapi.data;
  requires dev.merapi.hub;
  requires dev.merapi.nn;
  requires dev.merapi.recipe;
  requires dev.merapi.train;
  requires dev.merapi.watch;
  requires dev.merapi.zoo;
  requires info.picocli;
  requires java.management;
  // Optional, as for the kernels: the doctor says when it is missing.
  requires static jdk.incubator.vector;
  requires jdk.management;
  requires org.jline.reader;
  requires org.jline.terminal;
  requires tools.jackson.databind;

  // picocli sets fields that carry options; Jackson reads records.
  opens dev.merapi.cli to
      info.picocli,
      tools.jackson.databind;
}
