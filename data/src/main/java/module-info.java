/** Data sets: reading, cleaning, splitting, batching. */
module dev.merapi.data {
  requires transitive dev.merapi.core;
  requires java.desktop;
  requires java.net.http;
  requires transitive java.sql;
  requires ch.randelshofer.fastdoubleparser;
  requires de.siegmar.fastcsv;
  requires jflac.codec;
  requires tools.jackson.databind;

  exports dev.merapi.audio;
  exports dev.merapi.data;
  exports dev.merapi.table;
}
