package dev.merapi.text;

import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Normalisation;
import java.util.List;

/** Examples that are tokens, which have no mean; their targets are no classes, as a rule. */
interface TokenDataset extends Dataset {
  @Override
  default List<String> classes() {
    return List.of();
  }

  @Override
  default int[] labels() {
    throw new DataException(
        "texts: their targets are tokens or other numbers, not classes; use split()");
  }

  @Override
  default Dataset normalised(Normalisation normalisation) {
    throw new DataException(
        "texts: tokens are numbers of a vocabulary, which cannot be normalised; leave that out");
  }
}
