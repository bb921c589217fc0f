package dev.merapi.onednn;

import dev.merapi.backend.Accelerator;

/**
 * Finds oneDNN and loads it. {@code -Dmerapi.onednn} names the jar or the folder that holds it;
 * {@code off} leaves it alone.
 */
public final class OneDnnProvider implements Accelerator.Provider {
  /** For the service loader. */
  public OneDnnProvider() {}

  @Override
  public String name() {
    return "oneDNN";
  }

  @Override
  public Accelerator open() {
    return new OneDnn(Library.load(Natives.folder()));
  }
}
