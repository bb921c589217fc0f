/** The trainer: loop, metrics, run folder, checkpoints. */
module dev.merapi.train {
  requires transitive dev.merapi.core;
  requires transitive dev.merapi.data;
  requires transitive dev.merapi.nn;
  requires freemarker;
  requires transitive java.desktop; // pictures as BufferedImage
  requires java.management; // the flags of the virtual machine
  requires jdk.unsupported; // sun.misc.Signal
  requires org.knowm.xchart;
  requires tools.jackson.databind;

  exports dev.merapi.evaluation;
  exports dev.merapi.report;
  exports dev.merapi.train;

  // Jackson reads and writes the records of the manifest and the like, which are not public.
  opens dev.merapi.train to
      tools.jackson.databind;
}
