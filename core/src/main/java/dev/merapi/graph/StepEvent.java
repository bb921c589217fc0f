package dev.merapi.graph;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One run of a program in a flight recording. */
@Name("dev.merapi.Step")
@Label("Step")
@Category("Merapi")
@Description("One run of a program: a step of training, or the evaluation of a batch")
@StackTrace(false)
final class StepEvent extends Event {
  @Label("Kernels")
  int kernels;

  @Label("Workspace")
  @DataAmount
  long workspace;

  /** Whether somebody records such events now. */
  static boolean recorded() {
    return new StepEvent().isEnabled();
  }

  static StepEvent begun(Program program) {
    var event = new StepEvent();
    event.kernels = program.kernels().size();
    event.workspace = program.bytes();
    event.begin();
    return event;
  }
}
