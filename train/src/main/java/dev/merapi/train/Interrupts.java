package dev.merapi.train;

import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns the first Ctrl-C (or SIGTERM) into a wish that a training asks about after each step, so
 * that it can write a checkpoint and leave in order. The second one ends the process at once, with
 * the exit code 130 (or 143 for SIGTERM) that shells know.
 *
 * <p>A shutdown hook could not do this: the virtual machine ignores signals once it is shutting
 * down, and chooses the exit code itself. The JDK's {@code sun.misc.Signal} can; it is reached by
 * reflection because javac warns of its name and no lint option turns that off. Where the JDK lacks
 * it, or was started with {@code -Xrs}, signals end the process as ever.
 */
public final class Interrupts implements AutoCloseable {
  private static final int SIGNAL_EXIT = 128;

  private final AtomicBoolean announced = new AtomicBoolean();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final Runnable onFirst;
  private volatile boolean requested;
  private final List<Runnable> restores = new ArrayList<>();

  private Interrupts(Runnable onFirst) {
    this.onFirst = onFirst;
  }

  /**
   * Listens until it is closed.
   *
   * @param onFirst is run once, by another thread, at the first signal; the place for a line such
   *     as "stopping after this step"
   */
  public static Interrupts listen(Runnable onFirst) {
    var interrupts = new Interrupts(onFirst);
    try {
      interrupts.handle("INT");
      interrupts.handle("TERM");
    } catch (ReflectiveOperationException _) {
      // No such signal here: the training is not to fail for that.
      return interrupts;
    }
    return interrupts;
  }

  /** Returns whether someone wishes the training to end. */
  public boolean requested() {
    return requested;
  }

  /** Wishes the training to end, as the first Ctrl-C does. */
  public void request() {
    if (announced.compareAndSet(false, true)) {
      // First the line, then the wish: the training may end before the line is out otherwise.
      try {
        onFirst.run();
      } finally {
        requested = true;
      }
    }
  }

  /** Gives the signals back to whoever handled them before. */
  @Override
  public void close() {
    restores.forEach(Runnable::run);
    restores.clear();
  }

  private void handle(String name) throws ReflectiveOperationException {
    var signalType = Class.forName("sun.misc.Signal");
    var handlerType = Class.forName("sun.misc.SignalHandler");
    var register = signalType.getMethod("handle", signalType, handlerType);
    var signal = signalType.getConstructor(String.class).newInstance(name);
    int exitCode = SIGNAL_EXIT + (int) signalType.getMethod("getNumber").invoke(signal);
    var onSignal =
        MethodHandles.lookup()
            .bind(this, "signalled", MethodType.methodType(void.class, int.class));
    var handler =
        MethodHandleProxies.asInterfaceInstance(
            handlerType,
            MethodHandles.dropArguments(
                MethodHandles.insertArguments(onSignal, 0, exitCode), 0, signalType));
    var before = register.invoke(null, signal, handler);
    restores.add(
        () -> {
          try {
            register.invoke(null, signal, before);
          } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the handler of SIG" + name + " cannot be restored", e);
          }
        });
  }

  /** Called by the virtual machine, through a method handle. */
  void signalled(int exitCode) {
    if (!signalled.compareAndSet(false, true)) {
      // Not exit: a shutdown hook that waits for the training would wait for ever.
      Runtime.getRuntime().halt(exitCode);
    }
    request();
  }
}
