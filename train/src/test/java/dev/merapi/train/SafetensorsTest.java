package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void publishedCasesBehaveAsTheFormatsOwnLibrary() throws IOException {
    var cases = TestData.folder("safetensors-cases");
    var expected = Json.MAPPER.readTree(Files.readAllBytes(cases.resolve("expected.json")));
    assertEquals(22, expected.size());
    for (var each : expected) {
      var file = cases.resolve(each.get("file").asString());
      if (each.get("expect").asString().equals("ok")) {
        var again = folder.resolve("again.safetensors");
        var read = Safetensors.read(file);
        read.write(again);
        assertSame(read, Safetensors.read(again));
        if (each.get("from").asString().contains("serializer output")) {
          assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again), file.toString());
        }
      } else {
        var error = assertThrows(FileException.class, () -> Safetensors.read(file), file::toString);
        assertTrue(error.getMessage().startsWith(file.toString()), error.getMessage());
      }
    }
  }

  @Test
  void trainedWeightsFromElsewhereRoundTrip() {
    var read = Safetensors.read(TestData.folder("weights/burn-mnist").resolve("mnist.safetensors"));
    assertTrue(read.arrays().size() > 4);
    var again = folder.resolve("again.safetensors");
    read.write(again);
    assertSame(read, Safetensors.read(again));
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeRoundTrips(ElementType type) {
    var arrays = new LinkedHashMap<String, StoredArray>();
    arrays.put("bytes", TestData.bytes(type, new int[type.bits() * 3]));
    arrays.put("none", TestData.bytes(type));
    arrays.put("one float", TestData.floats(3));
    arrays.put("名前 \"quoted\" \\ 😀", TestData.floats(-1, 2, 3, 1));
    var file = folder.resolve("all.safetensors");
    var written = new Safetensors(arrays, Map.of("a", "b", "ü", "\n"));
    written.write(file);
    assertSame(written, Safetensors.read(file));
  }

  @Test
  void wideTypesComeFirstAndHeaderIsPadded() throws IOException {
    var file = folder.resolve("x.safetensors");
    new Safetensors(
            Map.of("a", TestData.bytes(ElementType.U8, 1, 2, 3), "b", TestData.floats(7, 2)),
            Map.of())
        .write(file);
    var read = Safetensors.read(file);
    assertEquals(List.of("b", "a"), List.copyOf(read.arrays().keySet()));
    assertEquals(0, ByteBuffer.wrap(Files.readAllBytes(file)).order(LITTLE).getLong() % 8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          overlap       | 12 | {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}} | must follow
          hole          | 12 | {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}} | must follow
          not from 0    | 8  | {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}                      | must follow
          backwards     | 4  | {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,-4]}}                     | negative
          end first     | 4  | {"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}                      | must follow
          duplicate     | 8  | {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | uplicate
          duplicate key | 4  | {"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}        | uplicate
          negative size | 4  | {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}                     | negative
          overflow      | 0  | {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}  | overflow
          overflow bits | 0  | {"a":{"dtype":"F64","shape":[1152921504606846976],"data_offsets":[0,0]}}    | overflow
          part of byte  | 1  | {"a":{"dtype":"F4","shape":[1],"data_offsets":[0,1]}}                       | inside a byte
          unknown dtype | 4  | {"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}                      | F31
          fraction      | 4  | {"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}                    | whole numbers
          no shape      | 4  | {"a":{"dtype":"F32","data_offsets":[0,4]}}                                  | must have
          3 offsets     | 4  | {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,2,4]}}                    | must have
          past the end  | 3  | {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                      | cut short
          unused bytes  | 5  | {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                      | no array claims
          metadata      | 0  | {"__metadata__":{"a":1}}                                                    | strings only
          list          | 0  | []                                                                          | not a JSON object
          two objects   | 0  | {}{}                                                                        | follows
          text behind   | 0  | {} x                                                                        | broken
          comment       | 0  | {/**/}                                                                      | broken
          surrogate     | 0  | {"\\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}                | surrogate
          null array    | 0  | {"a":null}                                                                  | object
          """)
  void malformedFilesAreRefusedWithTheReason(String name, int data, String header, String reason)
      throws IOException {
    var file = folder.resolve("bad.safetensors");
    Files.write(file, file(header.getBytes(StandardCharsets.UTF_8), data));
    var error = assertThrows(FileException.class, () -> Safetensors.read(file), name);
    assertTrue(error.getMessage().contains(reason), error.getMessage());
    assertEquals(file, error.file());
  }

  @Test
  void overlongUtf8IsRefused() throws IOException {
    var header = "{\"__metadata__\":{\"a\":\"??\"}}".getBytes(StandardCharsets.UTF_8);
    header[header.length - 5] = (byte) 0xC0; // C0 AF is a slash in a form that is too long
    header[header.length - 4] = (byte) 0xAF;
    var file = folder.resolve("bad.safetensors");
    Files.write(file, file(header, 0));
    var error = assertThrows(FileException.class, () -> Safetensors.read(file));
    assertTrue(error.getMessage().contains("UTF-8"), error.getMessage());
  }

  @Test
  void anyDamageIsAFileExceptionOrAnotherValidFile() throws IOException {
    var good = folder.resolve("good.safetensors");
    new Safetensors(
            Map.of("weight", TestData.floats(1, 4, 5), "bias", TestData.floats(2, 4)),
            Map.of("format", "merapi"))
        .write(good);
    var bytes = Files.readAllBytes(good);
    var file = folder.resolve("damaged.safetensors");
    var random = new SplittableRandom(1);
    int refused = 0;
    for (int round = 0; round < 2_000; round++) {
      var damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 4));
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        Safetensors.read(file).arrays().values().forEach(array -> array.bytes().byteSize());
      } catch (FileException _) {
        refused++;
      }
      Files.delete(file); // the mapping of the old one must not see the next one's bytes
    }
    assertTrue(refused > 1_900, "refused " + refused);
  }

  @Test
  void hugeSparseFilesOpenWithoutBeingRead() throws IOException {
    long size = 20L << 30;
    var file = folder.resolve("huge.safetensors");
    var header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(size, size);
    Files.write(file, file(header.getBytes(StandardCharsets.UTF_8), 0));
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.position(8 + header.length() + size - 1).write(ByteBuffer.wrap(new byte[] {42}));
    }
    var array = Safetensors.read(file).arrays().get("a");
    assertEquals(size, array.bytes().byteSize());
    assertEquals(42, array.bytes().get(ValueLayout.JAVA_BYTE, size - 1));
  }

  @Test
  void missingFilesAndFoldersSaySo() {
    var missing = folder.resolve("none.safetensors");
    assertTrue(message(missing).contains("no such file"), message(missing));
    assertTrue(message(folder).contains("not a plain file"), message(folder));
    assertTrue(message(Path.of("/dev/zero")).contains("not a plain file"));
  }

  @Test
  void reservedNamesCannotBeWritten() {
    var file = new Safetensors(Map.of("__metadata__", TestData.floats(1)), Map.of());
    var target = folder.resolve("x.safetensors");
    assertThrows(IllegalArgumentException.class, () -> file.write(target));
    assertEquals(List.of(), list());
  }

  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

  private static String message(Path file) {
    return assertThrows(FileException.class, () -> Safetensors.read(file)).getMessage();
  }

  private List<String> list() {
    return List.of(folder.toFile().list());
  }

  private static byte[] file(byte[] header, int data) {
    return ByteBuffer.allocate(8 + header.length + data)
        .order(LITTLE)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static void assertSame(Safetensors expected, Safetensors actual) {
    assertEquals(expected.metadata(), actual.metadata());
    assertEquals(expected.arrays().keySet(), actual.arrays().keySet());
    var names = new ArrayList<>(expected.arrays().keySet());
    for (var name : names) {
      assertTrue(expected.arrays().get(name).sameAs(actual.arrays().get(name)), name);
    }
  }
}
