/** Recipes: what decides on a training, in a file, and the runs that follow them. */
module dev.merapi.recipe {
  requires transitive dev.merapi.core;
  requires transitive dev.merapi.data;
  requires transitive dev.merapi.hub;
  requires transitive dev.merapi.nn;
  requires transitive dev.merapi.train;
  requires transitive dev.merapi.text;
  requires transitive dev.merapi.zoo;
  requires org.snakeyaml.engine;

  exports dev.merapi.recipe;

  // Jackson reads and writes the small files of a run.
  opens dev.merapi.recipe to
      tools.jackson.databind;
}
