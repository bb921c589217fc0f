package dev.merapi.hub;

import dev.merapi.nn.Layer;
import java.util.Map;
import java.util.Set;

/** How one family of models is published. */
sealed interface Format permits GptFormat, LlamaFormat, BertFormat {

  /**
   * The model that a config describes, with weights still to come.
   *
   * @param names of the tensors in its files
   */
  Layer model(Config config, Set<String> names);

  /** Where each of a model's parameters is published. */
  NameMap names(Layer model);

  /** What a config says of a model. */
  Map<String, Object> config(Layer model);
}
