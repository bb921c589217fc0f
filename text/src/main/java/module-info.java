/** Tokenizers: text to ids and back, read, written and trained. */
module dev.merapi.text {
  requires transitive dev.merapi.core;
  requires transitive dev.merapi.data;
  requires org.apache.lucene.core;
  requires tools.jackson.databind;

  exports dev.merapi.grammar;
  exports dev.merapi.text;
}
