/** Programs that use Merapi as a library. */
module dev.merapi.examples {
  requires dev.merapi.core;
  requires dev.merapi.data;
  requires dev.merapi.nn;
  requires dev.merapi.train;
  requires dev.merapi.zoo;
}
