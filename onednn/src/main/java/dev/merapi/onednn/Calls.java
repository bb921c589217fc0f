package dev.merapi.onednn;

import dev.merapi.tensor.MerapiException;

/** What every call of a native function goes through. */
final class Calls {
  /** oneDNN's status for what it has no code for. */
  private static final int UNIMPLEMENTED = 3;

  private Calls() {}

  /** A call of a method handle, which may throw anything, by its type. */
  interface Call {
    long run() throws Throwable;
  }

  /** oneDNN has no code for this shape on this processor. */
  static final class NotImplemented extends MerapiException {
    private static final long serialVersionUID = 1L;

    NotImplemented(String function) {
      super(
          "oneDNN %s has no code for what %s was asked for; train with --precision fp32, or go without the library by -Dmerapi.onednn=off"
              .formatted(Natives.VERSION, function));
    }
  }

  /** Calls a native function, which throws nothing of its own. */
  static long value(Call call) {
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native function threw what it cannot throw", e);
    }
  }

  /**
   * Calls a function of oneDNN that returns a status.
   *
   * @throws NotImplemented if oneDNN has no code for what was asked
   */
  static void check(String function, Call call) {
    long status = value(call);
    if (status == UNIMPLEMENTED) {
      throw new NotImplemented(function);
    }
    if (status != 0) {
      throw new IllegalStateException("oneDNN: %s returned %d".formatted(function, status));
    }
  }
}
