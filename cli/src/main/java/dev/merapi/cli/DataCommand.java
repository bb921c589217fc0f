package dev.merapi.cli;

import dev.merapi.data.NamedSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code merapi data}: looks at data. */
@Command(
    name = "data",
    description = "Looks at data.",
    mixinStandardHelpOptions = true,
    subcommands = {DataShow.class, DataCommand.Sets.class})
final class DataCommand implements Callable<Integer> {
  @Mixin private Output output;

  @Override
  public Integer call() {
    output.line("./merapi data show PATH tells what is in a table, in pictures, sounds or a text");
    output.line("./merapi data list tells which sets are known by name");
    return 0;
  }

  /** {@code merapi data list}. */
  @Command(
      name = "list",
      description =
          "Lists the data sets that are known by name: where each is on this machine, or where it"
              + " comes from when a recipe wants it.",
      mixinStandardHelpOptions = true)
  static final class Sets implements Callable<Integer> {
    @Mixin private Output output;

    /** What {@code --json} prints for each. */
    record Listed(
        String name,
        String kind,
        String summary,
        List<String> files,
        Optional<String> here,
        boolean downloads,
        long bytes) {
      static Listed of(NamedSet set) {
        return new Listed(
            set.name(),
            set.kind().name().toLowerCase(Locale.ROOT),
            set.summary(),
            set.files(),
            set.here().map(file -> file.getParent().toString()),
            !set.downloads().isEmpty(),
            set.bytes());
      }
    }

    @Override
    public Integer call() {
      for (var set : NamedSet.all()) {
        var kind = set.kind().name().toLowerCase(Locale.ROOT);
        output.line("%-18s  %-8s  %s".formatted(set.name(), kind, set.summary()));
        output.line("%-18s  %-8s  → %s".formatted("", "", where(set)));
      }
      output.json(NamedSet.all().stream().map(Listed::of).toList());
      return 0;
    }

    private static String where(NamedSet set) {
      return set.here()
          .map(file -> file.getParent().toString())
          .orElseGet(
              () ->
                  set.downloads().isEmpty()
                      ? "not here; get it from " + set.publisher()
                      : String.format(
                          Locale.ROOT,
                          "downloaded when it is wanted (%.1f MB, from %s)",
                          set.bytes() / 1e6,
                          set.publisher()));
    }
  }
}
