package dev.merapi.table;

/** A file of lines of text. */
interface TextSource extends RawSource {
  /** The file. */
  TextInput text();

  @Override
  default String name() {
    return text().name();
  }

  @Override
  default String fingerprint() {
    return text().fingerprint();
  }
}
