/** Data sets: reading, cleaning, splitting, batching. */
module dev.merapi.data {
  requires transitive dev.merapi.core;
}
