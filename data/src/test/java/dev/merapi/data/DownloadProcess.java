package dev.merapi.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A process of its own that downloads one file: address, SHA-256, folder. */
final class DownloadProcess {
  private DownloadProcess() {}

  public static void main(String[] args) {
    new Download("file", 300_000, args[1], List.of(URI.create(args[0])))
        .into(Path.of(args[2]), Progress.SILENT);
  }
}
