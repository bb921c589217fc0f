import dev.merapi.backend.Accelerator;
import dev.merapi.onednn.OneDnnProvider;

/** Contractions of bf16 through oneDNN, where it is installed. */
module dev.merapi.onednn {
  requires dev.merapi.core;

  provides Accelerator.Provider with
      OneDnnProvider;
}
