package dev.merapi.watch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A recipe's settings, each by its whole path: {@code training.optimizer.kind}. */
final class FlatYaml {
  private static final int DEPTH = 50;

  private FlatYaml() {}

  /** The settings in their order; none where the text is no recipe. */
  static Map<String, String> of(String text) {
    var flat = new LinkedHashMap<String, String>();
    try {
      put("", new Load(LoadSettings.builder().build()).loadFromString(text), DEPTH, flat);
    } catch (YamlEngineException _) {
      return Map.of();
    }
    return flat;
  }

  private static void put(String path, Object value, int depth, Map<String, String> flat) {
    switch (value) {
      case Map<?, ?> map when depth > 0 && !map.isEmpty() ->
          map.forEach((key, each) -> put(join(path, key), each, depth - 1, flat));
      case List<?> list when depth > 0 && list.stream().anyMatch(Map.class::isInstance) -> {
        for (int i = 0; i < list.size(); i++) {
          put(join(path, i), list.get(i), depth - 1, flat);
        }
      }
      case null, default -> flat.put(path, String.valueOf(value));
    }
  }

  private static String join(String path, Object key) {
    return path.isEmpty() ? String.valueOf(key) : path + "." + key;
  }
}
