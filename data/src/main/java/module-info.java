/** Data sets: reading, cleaning, splitting, batching. */
module dev.merapi.data {
  requires transitive dev.merapi.core;
  requires java.desktop;
  requires java.net.http;

  exports dev.merapi.data;
}
