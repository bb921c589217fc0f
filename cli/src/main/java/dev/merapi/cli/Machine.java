package dev.merapi.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.merapi.backend.Accelerators;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import jdk.incubator.vector.VectorShape;

/**
 * What this process runs on.
 *
 * @param merapi version of Merapi
 * @param jdk version of the Java runtime
 * @param jdkVendor who built it
 * @param system operating system and architecture
 * @param processor the processor's model, or {@code unknown}
 * @param processors processors that the operating system lets this process use
 * @param threads threads that compute
 * @param vectorBits width of the vectors that the kernels use; 0 where they are scalar
 * @param heapMib limit of the Java heap
 * @param offHeapMib limit of the memory outside the heap, where tensors live
 * @param natives the native library that multiplies bf16, or why none does
 * @param gpu GPU in use
 */
record Machine(
    String merapi,
    String jdk,
    String jdkVendor,
    String system,
    String processor,
    int processors,
    int threads,
    int vectorBits,
    long heapMib,
    long offHeapMib,
    String natives,
    String gpu) {
  private static final String NONE_USED = "none used";

  static Machine here() {
    var processors = Runtime.getRuntime().availableProcessors();
    var heap = Runtime.getRuntime().maxMemory();
    return new Machine(
        Main.Version.current(),
        System.getProperty("java.version"),
        System.getProperty("java.vendor"),
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        nameOfProcessor(),
        processors,
        Integer.getInteger("merapi.threads", processors),
        widthOfVectors(),
        heap >> 20,
        offHeap(heap) >> 20,
        Accelerators.found().reason(),
        NONE_USED);
  }

  private static int widthOfVectors() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? VectorShape.preferredShape().vectorBitSize()
        : 0;
  }

  /** Bytes that tensors may take. */
  static long offHeapLimit() {
    return offHeap(Runtime.getRuntime().maxMemory());
  }

  /** The JVM's limit for memory outside the heap: as large as the heap where no flag sets it. */
  private static long offHeap(long heap) {
    var flag =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption("MaxDirectMemorySize");
    var limit = Long.parseLong(flag.getValue());
    return limit == 0 ? heap : limit;
  }

  /** The memory that this process has of the machine, where the system says so: on Linux. */
  static OptionalLong residentBytes() {
    var status = firstValue(Path.of("/proc/self/status"), "VmRSS").split(" ");
    return status[0].matches("[0-9]+")
        ? OptionalLong.of(Long.parseLong(status[0]) << 10)
        : OptionalLong.empty();
  }

  private static String nameOfProcessor() {
    var cpuinfo = Path.of("/proc/cpuinfo"); // Linux has it
    var name = Files.isReadable(cpuinfo) ? firstValue(cpuinfo, "model name") : "";
    return name.isEmpty()
        ? Objects.requireNonNullElse(System.getenv("PROCESSOR_IDENTIFIER"), "unknown") // Windows
        : name;
  }

  private static String firstValue(Path file, String key) {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException _) {
      return "";
    }
  }
}
