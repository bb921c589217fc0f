package dev.merapi.recipe;

import dev.merapi.nn.Layer;
import dev.merapi.optim.Group;
import dev.merapi.train.RunWriter;
import java.util.List;

/** A model that is not built by a recipe's sizes alone: a run keeps what describes it. */
sealed interface OwnModel permits TunedModel, PublishedReader {
  /** Where in a run that is, as published models lie; its weights are in the checkpoints. */
  String FOLDER = "model";

  /** What is trained. */
  Layer layer();

  /** How many tokens it knows: at least the tokenizer's. */
  int vocabulary();

  /** What stays as it is. */
  List<Group> frozen();

  /** Writes what a run keeps of it. */
  void save(RunWriter run);
}
