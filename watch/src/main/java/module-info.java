/** Runs that were made: listed, compared, asked by SQL, and shown in a browser. */
module dev.merapi.watch {
  requires transitive dev.merapi.data;
  requires transitive dev.merapi.train;
  requires java.net.http; // to tell others
  requires java.sql;
  requires jdk.httpserver;
  requires org.snakeyaml.engine;
  requires tools.jackson.databind;

  exports dev.merapi.watch;

  // Jackson writes the records that the page reads.
  opens dev.merapi.watch to
      tools.jackson.databind;
}
