package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch wrote; golden/scripts/torch_files.py makes them. */
class TorchFileTest {
  private static final Map<String, ElementType> TYPES =
      Map.ofEntries(
          Map.entry("float64", ElementType.F64),
          Map.entry("float32", ElementType.F32),
          Map.entry("float16", ElementType.F16),
          Map.entry("bfloat16", ElementType.BF16),
          Map.entry("int64", ElementType.I64),
          Map.entry("int32", ElementType.I32),
          Map.entry("int16", ElementType.I16),
          Map.entry("int8", ElementType.I8),
          Map.entry("uint8", ElementType.U8),
          Map.entry("bool", ElementType.BOOL),
          Map.entry("complex64", ElementType.C64),
          Map.entry("uint16", ElementType.U16),
          Map.entry("uint32", ElementType.U32),
          Map.entry("uint64", ElementType.U64),
          Map.entry("float8_e4m3fn", ElementType.F8_E4M3),
          Map.entry("float8_e5m2", ElementType.F8_E5M2));

  @TempDir Path folder;

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = TorchFileTest.class.getResourceAsStream("/golden/torch/" + name)) {
      return in.readAllBytes();
    }
  }

  private Path file(String name, byte[] bytes) throws IOException {
    var file = folder.resolve(name);
    Files.deleteIfExists(file); // a mapping of the old one must not see the new bytes
    return Files.write(file, bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "state, .pt", "state, -legacy.pt",
    "checkpoint, .pt", "checkpoint, -legacy.pt",
    "views, .pt", "views, -legacy.pt",
    "types, .pt", "types, -legacy.pt"
  })
  void whatPyTorchWroteIsRead(String name, String end) throws IOException {
    var read = TorchFile.read(file(name + end, golden(name + end)));
    var expected = Json.MAPPER.readTree(golden(name + ".json"));
    var found = new TreeMap<String, String>();
    read.arrays()
        .forEach(
            (path, array) ->
                found.put(
                    path,
                    array
                        + " "
                        + HexFormat.of().formatHex(array.bytes().toArray(ValueLayout.JAVA_BYTE))));
    read.values().forEach((path, value) -> found.put(path, value.toString()));
    var wanted = new TreeMap<String, String>();
    expected.forEachEntry(
        (path, value) -> {
          if (value.isArray()) {
            var shape =
                StoredArray.shapeText(
                    value.get(1).valueStream().map(size -> size.asLong()).toList());
            wanted.put(
                path,
                TYPES.get(value.get(0).asString()) + " " + shape + " " + value.get(2).asString());
          } else {
            wanted.put(path, value.asString());
          }
        });
    assertEquals(wanted, found);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          evil.pt        | posix.system
          evil-legacy.pt | posix.system
          module.pt      | torch.nn.modules.linear.Linear
          set.pt         | set
          set-legacy.pt  | set
          """)
  void everythingElseIsRefused(String name, String reason) throws IOException {
    var file = file(name, golden(name));
    var error = assertThrows(FileException.class, () -> TorchFile.read(file));
    assertTrue(error.getMessage().contains("it wants"), error.getMessage());
    assertTrue(error.getMessage().contains(reason), error.getMessage());
    assertTrue(error.getMessage().contains("weights_only=True"), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          80 02 28 69 6F 73 0A 73 79 73 74 65 6D 0A 2E | instruction 69
          80 02 4B 01 81 2E                            | instruction 81
          80 02 50 78 0A 2E                            | instruction 50
          80 02 82 01 2E                               | instruction 82
          80 02 49 31 0A 2E                            | instruction 49
          80 00 2E                                     | protocol 0
          80 02 58 FF FF FF 7F 61 2E                   | cut short
          80 02 58 FF FF FF FF 61 2E                   | cut short
          80 02 2E                                     | stack is empty
          80 02 68 07 2E                               | remembered
          80 02 65 2E                                  | no mark
          80 02 7D 5D 4B 01 73 2E                      | neither a text nor a number
          80 02 7D 28 4B 01 75 2E                      | has no value
          80 02 4B 01 4B 02 52 2E                      | stands where a Tuple is wanted
          80 02 63 74 6F 72 63 68 0A 53 69 7A 65 0A 29 52 2E | arguments of torch.Size
          80 02 5D 71 00 68 00 61 2E                   | more than 64 deep
          """)
  void programsThatMakeNoSenseAreRefused(String program, String reason) throws IOException {
    var file = file("bad.pt", zip(HexFormat.ofDelimiter(" ").parseHex(program)));
    var error = assertThrows(FileException.class, () -> TorchFile.read(file));
    assertTrue(error.getMessage().contains(reason), error.getMessage());
  }

  private static byte[] zip(byte[] pickle) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      var entry = new ZipEntry("archive/data.pkl");
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(pickle.length);
      var crc = new java.util.zip.CRC32();
      crc.update(pickle);
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(pickle);
    }
    return bytes.toByteArray();
  }

  /** Each list holds the one before it twice: 2⁴⁰ numbers in a few bytes. */
  @Test
  void aFewBytesCannotFillTheMemory() throws IOException {
    var program = new ByteArrayOutputStream();
    program.writeBytes(new byte[] {(byte) 0x80, 2, 'K', 1});
    for (int level = 0; level < 40; level++) {
      program.writeBytes(new byte[] {'q', 0, 'h', 0, (byte) 0x86});
    }
    program.write('.');
    var file = file("bomb.pt", zip(program.toByteArray()));
    var error = assertThrows(FileException.class, () -> TorchFile.read(file));
    assertTrue(error.getMessage().contains("it repeats its contents"), error.getMessage());
  }

  @Test
  void whatIsNoTorchFileSaysSo() throws IOException {
    for (var bytes : List.of(new byte[0], new byte[] {'P', 'K'}, new byte[] {1, 2, 3})) {
      var file = file("odd.pt", bytes);
      var error = assertThrows(FileException.class, () -> TorchFile.read(file));
      assertTrue(error.getMessage().startsWith(file.toString()), error.getMessage());
    }
    var missing = folder.resolve("none.pt");
    assertThrows(FileException.class, () -> TorchFile.read(missing));
    assertThrows(FileException.class, () -> TorchFile.read(folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint.pt", "checkpoint-legacy.pt", "views.pt", "types-legacy.pt"})
  void anyDamageIsAFileExceptionOrAnotherValidFile(String name) throws IOException {
    var bytes = golden(name);
    var random = new SplittableRandom(1);
    int refused = 0;
    for (int round = 0; round < 500; round++) {
      var damaged =
          round % 5 == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        TorchFile.read(file("damaged.pt", damaged));
      } catch (FileException _) {
        refused++;
      }
    }
    assertTrue(refused > 100, "refused " + refused);
  }
}
