package dev.merapi.train;

import dev.merapi.train.Pickle.Refused;
import dev.merapi.train.TorchTensors.Place;
import dev.merapi.train.TorchTensors.Room;
import dev.merapi.train.TorchTensors.View;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The tensors of a file that {@code torch.save} wrote ({@code .pt}, {@code .pth}, {@code .bin}), as
 * a zip or in the form that came before it.
 *
 * <p>Such a file is a pickle, a program that may do anything when Python loads it. Here it is not
 * run: only what makes tensors, numbers, texts, lists, tuples and dictionaries is interpreted, and
 * a file that wants anything else is refused. Every number in it is checked before it is used. What
 * is allocated is at most twice the file's size for tensors, and an object for each byte of the
 * pickle, which may have 16 MiB.
 *
 * @param arrays the tensors by their path: {@code optimizer.state.0.exp_avg} is what stands under
 *     {@code optimizer}, under {@code state}, under the number 0, under {@code exp_avg}
 * @param values the numbers, texts and truth values by their path; None is left out
 */
public record TorchFile(Map<String, StoredArray> arrays, Map<String, Object> values) {
  private static final int LARGEST_PICKLE = 16 << 20;
  private static final int DEEPEST = 64;

  /** What the first pickle of the older form holds. */
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

  private static final long VERSION = 1001;

  /** Keeps unmodifiable copies of both maps, in their order. */
  public TorchFile {
    arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Reads a file.
   *
   * @throws FileException if it cannot be read, is damaged, or wants more than tensors and plain
   *     values
   */
  public static TorchFile read(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileException(file, "this is not a plain file", "give a .pt file");
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var start = ByteBuffer.allocate(2);
      channel.read(start, 0);
      boolean zipped = start.get(0) == 'P' && start.get(1) == 'K';
      return zipped
          ? zip(file, channel.size())
          : legacy(channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
    } catch (Refused e) {
      throw new FileException(
          file,
          "this is no file of PyTorch tensors that can be read safely: " + e.getMessage(),
          "in Python, load it with weights_only=True and save the state_dict, or write"
              + " safetensors");
    } catch (ZipException e) {
      throw new FileException(
          file, "the zip is damaged: " + e.getMessage(), "copy or download it again");
    } catch (IOException e) {
      throw FileException.of(file, "read", e);
    }
  }

  private static String text(MemorySegment bytes, long at, long length) {
    return new String(
        bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
  }

  // ---- a zip: NAME/data.pkl, NAME/data/KEY for each storage, NAME/byteorder

  private static TorchFile zip(Path file, long size) throws IOException, Refused {
    try (var zip = new ZipFile(file.toFile())) {
      var pickle =
          zip.stream()
              .filter(entry -> entry.getName().endsWith("/data.pkl"))
              .findFirst()
              .orElseThrow(() -> new Refused("there is no data.pkl in the zip"));
      var root = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
      var room = new Room(size);
      var order = zip.getEntry(root + "byteorder");
      if (order != null && !text(stored(zip, order, 16, room)).equals("little")) {
        throw new Refused("its numbers are big-endian");
      }
      var tensors = new TorchTensors();
      var program = stored(zip, pickle, LARGEST_PICKLE, room);
      var value = Pickle.read(program.asByteBuffer(), tensors);
      var storages = new HashMap<String, MemorySegment>();
      for (var place : tensors.places().values()) {
        var entry = zip.getEntry(root + "data/" + place.key());
        if (entry == null || entry.getSize() != place.bytes()) {
          throw new Refused(
              "the storage %s of %d bytes is not in the zip".formatted(place.key(), place.bytes()));
        }
        storages.put(place.key(), stored(zip, entry, Long.MAX_VALUE, room));
      }
      return new Flattening(storages, new Room(size), program.byteSize()).of(value);
    } catch (IllegalArgumentException e) {
      throw new Refused("the zip is damaged: " + e.getMessage());
    }
  }

  private static String text(MemorySegment bytes) {
    return text(bytes, 0, bytes.byteSize());
  }

  /** An entry's bytes; PyTorch never compresses any, so none can be larger than the file. */
  private static MemorySegment stored(ZipFile zip, ZipEntry entry, long most, Room room)
      throws IOException, Refused {
    if (entry.getMethod() != ZipEntry.STORED || entry.getSize() < 0 || entry.getSize() > most) {
      throw new Refused("%s is compressed or too large".formatted(entry.getName()));
    }
    room.take(entry.getSize());
    var bytes =
        Arena.ofAuto().allocate(Math.max(entry.getSize(), 1), 64).asSlice(0, entry.getSize());
    try (var in = zip.getInputStream(entry)) {
      byte[] piece = new byte[1 << 16];
      long at = 0;
      int count;
      while ((count = in.read(piece)) > 0) {
        if (count > bytes.byteSize() - at) {
          break;
        }
        MemorySegment.copy(piece, 0, bytes, ValueLayout.JAVA_BYTE, at, count);
        at += count;
      }
      if (at != bytes.byteSize()) {
        throw new Refused("%s has not the size that the zip says".formatted(entry.getName()));
      }
    }
    return bytes;
  }

  // ---- the older form: five pickles, then each storage behind its number of elements

  private static TorchFile legacy(MemorySegment bytes) throws Refused {
    var buffer =
        bytes
            .asSlice(0, Math.min(bytes.byteSize(), LARGEST_PICKLE))
            .asByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN);
    var tensors = new TorchTensors();
    if (!MAGIC.equals(Pickle.read(buffer, tensors))) {
      throw new Refused(
          "it is neither a zip nor has it the number that PyTorch begins a file with");
    }
    if (!Pickle.read(buffer, tensors).equals(VERSION)) {
      throw new Refused("it is of another version than " + VERSION);
    }
    if (Pickle.read(buffer, tensors) instanceof Map<?, ?> system
        && Boolean.FALSE.equals(system.get("little_endian"))) {
      throw new Refused("its numbers are big-endian");
    }
    int start = buffer.position();
    var value = Pickle.read(buffer, tensors);
    int length = buffer.position() - start;
    var keys = Pickle.as(List.class, Pickle.read(buffer, tensors));
    long at = buffer.position();
    var storages = new HashMap<String, MemorySegment>();
    for (Object name : keys) {
      var key = Pickle.as(String.class, name);
      var place = tensors.places().get(key);
      if (place == null || storages.containsKey(key)) {
        throw new Refused("it lists the storage %s, which nothing uses, or twice".formatted(key));
      }
      long size = place.bytes();
      if (bytes.byteSize() - at < 8 || size > bytes.byteSize() - at - 8) {
        throw new Refused("it is cut short: the storage %s is not all there".formatted(key));
      }
      long elements = bytes.get(LONG, at);
      if (elements != place.elements()) {
        throw new Refused("the storage %s has not the size that is said of it".formatted(key));
      }
      storages.put(key, bytes.asSlice(at + 8, size));
      at += 8 + size;
    }
    if (storages.size() != tensors.places().size()) {
      throw new Refused("it does not list all storages that its tensors use");
    }
    return new Flattening(storages, new Room(bytes.byteSize()), length).of(value);
  }

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Walks through what a pickle has made. Few bytes can stand for very many paths, since one thing
   * may be in many places: what the paths take is bounded, too.
   */
  private static final class Flattening {
    private final Map<String, MemorySegment> storages;
    private final Room copies;
    private final Room paths;
    private final Map<String, StoredArray> arrays = new LinkedHashMap<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    Flattening(Map<String, MemorySegment> storages, Room copies, long pickle) {
      this.storages = storages;
      this.copies = copies;
      this.paths = new Room((1 << 20) + 16 * pickle);
    }

    TorchFile of(Object value) throws Refused {
      walk("", value, 0);
      return new TorchFile(arrays, values);
    }

    private void walk(String path, Object value, int depth) throws Refused {
      if (depth > DEEPEST) {
        throw new Refused("its containers are more than %d deep".formatted(DEEPEST));
      }
      switch (value) {
        case View view -> put(arrays, path, array(view));
        case Map<?, ?> map -> {
          for (var entry : map.entrySet()) {
            walk(join(path, entry.getKey()), entry.getValue(), depth + 1);
          }
        }
        case List<?> list -> walkItems(path, list, depth);
        case Pickle.Tuple(var items) -> walkItems(path, items, depth);
        case Long _, Double _, Boolean _, String _, BigInteger _ -> put(values, path, value);
        case Place _, Pickle.Global _, Pickle.None _ -> {} // types and devices: no values
        default -> throw new IllegalStateException(value.toString());
      }
    }

    private void walkItems(String path, List<?> items, int depth) throws Refused {
      for (int i = 0; i < items.size(); i++) {
        walk(join(path, i), items.get(i), depth + 1);
      }
    }

    private String join(String path, Object key) throws Refused {
      var last = key.toString();
      paths.take(path.length() + last.length() + 16L);
      return path.isEmpty() ? last : path + "." + last;
    }

    private StoredArray array(View view) throws Refused {
      return TorchTensors.array(view, storages.get(view.storage().key()), copies);
    }

    private static <T> void put(Map<String, T> map, String path, T value) throws Refused {
      if (map.put(path, value) != null) {
        throw new Refused("two things have the path '%s'".formatted(path));
      }
    }
  }
}
