package dev.merapi.graph;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One run of a kernel in a flight recording. */
@Name("dev.merapi.Kernel")
@Label("Kernel")
@Category("Merapi")
@Description("One run of a kernel of a program")
@StackTrace(false)
final class KernelEvent extends Event {
  @Label("Op")
  String op;

  @Label("Shape")
  String shape;

  @Label("Floating-Point Operations")
  long flops;

  @Label("Memory Traffic")
  @Description("Distinct elements of operands and results")
  @DataAmount
  long bytes;

  /** Whether somebody records such events now. */
  static boolean recorded() {
    return new KernelEvent().isEnabled();
  }

  static KernelEvent begun(Cost cost) {
    var event = new KernelEvent();
    event.op = cost.op();
    event.shape = cost.shape();
    event.flops = cost.flops();
    event.bytes = cost.bytes();
    event.begin();
    return event;
  }
}
