package dev.merapi.cli;

import dev.merapi.recipe.HubExport;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi export}: writes a language model as a model hub has it. */
@Command(
    name = "export",
    description = {
      "Writes the language model of a run as a folder from a model hub: config.json, safetensors,"
          + " tokenizer and chat template, which transformers reads.",
      "Of a run that has trained an adapter, the adapter alone, which PEFT reads."
    },
    mixinStandardHelpOptions = true)
final class Export implements Callable<Integer> {
  @Mixin private Output output;

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run.")
  private Path run;

  @Parameters(
      index = "1",
      paramLabel = "FOLDER",
      description = "Where the model goes; an earlier model there is replaced.")
  private Path target;

  @Option(names = "--merge", description = "Make an adapter a part of the model it stands on.")
  private boolean merge;

  /** What {@code --json} prints. */
  record Exported(String folder, HubExport.Form form) {}

  @Override
  public Integer call() {
    var form = HubExport.write(RunFolder.open(run), target, merge);
    output.line(
        form == HubExport.Form.MODEL
            ? "model %s".formatted(target)
            : "adapter %s (with --merge, the whole model)".formatted(target));
    output.json(new Exported(target.toString(), form));
    return 0;
  }
}
