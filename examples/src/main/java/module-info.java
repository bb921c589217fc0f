/** Programs that use Merapi as a library. */
module dev.merapi.examples {
  requires dev.merapi.core;
  requires dev.merapi.data;
  requires dev.merapi.nn;
  requires dev.merapi.train;
  requires dev.merapi.zoo;

  // Models are records, and their parameters are found by reading them.
  opens dev.merapi.examples to
      dev.merapi.nn;
}
