package dev.merapi.onednn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.merapi.tensor.MerapiException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The functions of oneDNN that we call. Each call computes on its own thread alone: the work is
 * shared out by Merapi's threads, and OpenMP is told so before each call, for it counts by thread.
 */
final class Library {
  /** The bit of oneDNN's instruction sets that stands for products of bf16. */
  private static final int BF16 = 0x80;

  private static final int AVX512 = 0x27;
  private static final int AMX = 0xe00;

  private final SymbolLookup symbols;
  private final MethodHandle setThreads;
  private final MethodHandle gemm;

  /** For people: {@code avx512_bf16}. */
  final String instructions;

  private Library(SymbolLookup symbols, SymbolLookup openMp) {
    this.symbols = symbols;
    setThreads =
        bind(openMp, "omp_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT), /* brief= */ true);
    int isa = effectiveIsa();
    if ((isa & (BF16 | AVX512)) != (BF16 | AVX512)) {
      throw new MerapiException("this processor does not multiply bf16 (AVX-512 BF16 or AMX)");
    }
    instructions = (isa & AMX) == AMX ? "amx_bf16" : "avx512_bf16";
    gemm =
        bind(
            symbols,
            "dnnl_gemm_bf16bf16f32",
            FunctionDescriptor.of(
                JAVA_INT,
                JAVA_BYTE,
                JAVA_BYTE,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_LONG),
            /* brief= */ false);
  }

  /**
   * Loads it for the life of the process.
   *
   * @param folder that holds the library and its OpenMP
   * @throws MerapiException if it cannot be loaded, or the processor does not multiply bf16
   */
  @SuppressWarnings("restricted") // loading native code is what this room is for
  static Library load(Path folder) {
    try {
      // First OpenMP: the library is then given this one, whatever it would find.
      var openMp = SymbolLookup.libraryLookup(folder.resolve(Natives.OPENMP), Arena.global());
      var dnnl = SymbolLookup.libraryLookup(folder.resolve(Natives.DNNL), Arena.global());
      return new Library(dnnl, openMp);
    } catch (IllegalArgumentException e) {
      throw new MerapiException(
          "%s cannot be loaded: %s".formatted(folder.resolve(Natives.DNNL), e.getMessage()), e);
    } catch (IllegalCallerException e) {
      throw new MerapiException(
          "start java with --enable-native-access=dev.merapi.onednn (./merapi does)", e);
    }
  }

  /**
   * {@code C = A B}, or {@code C += A B}: row-major, A and B of bf16, C of f32.
   *
   * @param add to what C holds
   */
  void multiply(int m, int n, int k, Factor a, Factor b, boolean add, long c, long rowStride) {
    alone();
    Calls.check(
        "dnnl_gemm_bf16bf16f32",
        () ->
            (int)
                gemm.invokeExact(
                    a.order(),
                    b.order(),
                    (long) m,
                    (long) n,
                    (long) k,
                    1f,
                    a.address(),
                    a.stride(),
                    b.address(),
                    b.stride(),
                    add ? 1f : 0f,
                    c,
                    rowStride));
  }

  /**
   * A factor in memory.
   *
   * @param order {@code N} by rows, {@code T} by columns
   * @param stride elements from one row, or column, to the next
   */
  record Factor(byte order, long address, long stride) {}

  // ---- calls

  private int effectiveIsa() {
    var isa =
        bind(
            symbols,
            "dnnl_get_effective_cpu_isa",
            FunctionDescriptor.of(JAVA_INT),
            /* brief= */ false);
    return (int) Calls.value(() -> (int) isa.invokeExact());
  }

  /** Tells OpenMP that what this thread calls is to run on it alone. */
  void alone() {
    Calls.value(
        () -> {
          setThreads.invokeExact(1);
          return 0;
        });
  }

  /** A function that returns a status; pointers to its objects are longs. */
  MethodHandle function(String name, MemoryLayout... arguments) {
    return returning(name, JAVA_INT, arguments);
  }

  /** A function that returns something else. */
  MethodHandle returning(String name, MemoryLayout result, MemoryLayout... arguments) {
    return bind(symbols, name, FunctionDescriptor.of(result, arguments), /* brief= */ false);
  }

  @SuppressWarnings("restricted") // calling native code is what this room is for
  private static MethodHandle bind(
      SymbolLookup lookup, String name, FunctionDescriptor type, boolean brief) {
    var options =
        brief ? new Linker.Option[] {Linker.Option.critical(false)} : new Linker.Option[0];
    return Linker.nativeLinker()
        .downcallHandle(
            lookup
                .find(name)
                .orElseThrow(
                    () ->
                        new MerapiException(
                            "the library has no %s; give the jar of version %s"
                                .formatted(name, Natives.VERSION))),
            type,
            options);
  }
}
