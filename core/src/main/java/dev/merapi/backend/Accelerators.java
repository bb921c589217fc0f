package dev.merapi.backend;

import dev.merapi.tensor.MerapiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * The accelerator of the process: that of the first provider on the module path or class path that
 * runs here. Looked for when it is first asked for, and then kept.
 *
 * @param accelerator empty where there is none
 * @param reason its name; else why there is none, and how to mend it
 */
public record Accelerators(Optional<Accelerator> accelerator, String reason) {
  private static final class Shared {
    static final Accelerators FOUND = search();
  }

  /** What was found in this process. */
  public static Accelerators found() {
    return Shared.FOUND;
  }

  private static Accelerators search() {
    List<String> reasons = new ArrayList<>();
    for (Accelerator.Provider provider : ServiceLoader.load(Accelerator.Provider.class)) {
      try {
        Accelerator accelerator = provider.open();
        return new Accelerators(Optional.of(accelerator), accelerator.name());
      } catch (MerapiException e) {
        reasons.add(provider.name() + ": " + e.getMessage());
      }
    }
    return new Accelerators(
        Optional.empty(),
        reasons.isEmpty() ? "no accelerator is on the module path" : String.join("; ", reasons));
  }
}
