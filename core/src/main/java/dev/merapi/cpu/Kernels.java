package dev.merapi.cpu;

/**
 * Which family of kernels runs here: Vector API, or the scalar twins.
 *
 * <p>The Vector API is an incubating module that the JVM loads only when it is told to. Without it
 * everything still works, several times slower, and the first use says so once on standard error.
 * {@code -Dmerapi.vector=false} asks for the scalar kernels, silently. Classes that mention {@code
 * jdk.incubator.vector} are touched only behind {@link #vectorised()}, so that they need not load.
 */
public final class Kernels {
  private static final boolean VECTORISED = choose();

  private Kernels() {}

  /** True where the Vector API kernels are in use. */
  public static boolean vectorised() {
    return VECTORISED;
  }

  private static boolean choose() {
    if ("false".equals(System.getProperty("merapi.vector"))) {
      return false;
    }
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!present) {
      System.err.println(
          "merapi: scalar kernels in use, several times slower than vector ones;"
              + " start java with --add-modules jdk.incubator.vector");
    }
    return present;
  }
}
