package dev.merapi.recipe;

import dev.merapi.hub.Adapter;
import dev.merapi.hub.LanguageModel;
import dev.merapi.nn.Compressed;
import dev.merapi.optim.Group;
import dev.merapi.tensor.Key;
import java.util.List;
import java.util.Optional;

/** What of a language model learns. */
public sealed interface TuningSettings {
  /** The layer that tells tokens, which is kept as it is. */
  String HEAD = "head";

  /** The model with what is added to learn. */
  LanguageModel prepare(LanguageModel model, Key key);

  /** What of it stays as it is. */
  List<Group> frozen(LanguageModel model);

  /** All of it. */
  record Full() implements TuningSettings {
    @Override
    public LanguageModel prepare(LanguageModel model, Key key) {
      return model;
    }

    @Override
    public List<Group> frozen(LanguageModel model) {
      return List.of();
    }
  }

  /**
   * Its last blocks, the norm behind them, and a head of its own where it has one.
   *
   * @param blocks how many
   */
  record LastBlocks(@Default("1") @Range(from = 1, to = 1000) int blocks)
      implements TuningSettings {
    @Override
    public LanguageModel prepare(LanguageModel model, Key key) {
      return model;
    }

    @Override
    public List<Group> frozen(LanguageModel model) {
      int first = Math.max(0, model.blocks() - blocks);
      var all = "all but the last %d blocks".formatted(blocks);
      return List.of(new Group(all, (name, _) -> !learns(name, first), Optional.empty()));
    }

    private static boolean learns(String name, int first) {
      var parts = name.split("\\.", 3);
      return switch (parts[0]) {
        case "norm", "head" -> true;
        case "blocks" -> Integer.parseInt(parts[1]) >= first;
        default -> false;
      };
    }
  }

  /**
   * Adapters beside some of its layers; see {@link dev.merapi.nn.Lora} and {@link Adapter}.
   *
   * @param rank of the adapters
   * @param alpha what they add is scaled by alpha / rank
   * @param dropout of what they read
   * @param targets published names of the layers that get one, by their last parts, such as q_proj;
   *     all-linear for all but the head
   * @param rslora whether the scale is alpha / √rank instead (Kalajdzievski, 2023)
   * @param dora whether rows have magnitudes of their own (Liu et al., 2024)
   * @param base how the weights of linear layers but the head are kept, which do not learn
   */
  record Lora(
      @Default("8") @Range(from = 1, to = 4096) int rank,
      @Default("16") @Range(from = 1e-6, to = 1e6) double alpha,
      @Default("0") @Range(from = 0, to = 0.99) double dropout,
      @Default("[all-linear]") List<String> targets,
      @Default("false") boolean rslora,
      @Default("false") boolean dora,
      @Default("f32") Base base)
      implements TuningSettings {
    /** How weights that do not learn are kept; see {@link Compressed}. */
    public enum Base {
      F32,
      INT8,
      NF4,
      NF4_DOUBLE;

      /** The form of those that are compressed. */
      Optional<Compressed.Form> form() {
        return switch (this) {
          case F32 -> Optional.empty();
          case INT8 -> Optional.of(Compressed.Form.INT8);
          case NF4 -> Optional.of(Compressed.Form.NF4);
          case NF4_DOUBLE -> Optional.of(Compressed.Form.NF4_DOUBLE);
        };
      }
    }

    /** As PEFT has it. */
    Adapter adapter() {
      return new Adapter(new dev.merapi.nn.Lora(rank, alpha, dropout, rslora, dora), targets);
    }

    @Override
    public LanguageModel prepare(LanguageModel model, Key key) {
      var adapted = adapter().adapt(model.published(), key).model();
      return model.model(
          base.form()
              .map(form -> dev.merapi.nn.Lora.compressed(adapted, form, path -> !path.equals(HEAD)))
              .orElse(adapted));
    }

    @Override
    public List<Group> frozen(LanguageModel model) {
      return List.of(Group.frozenBase());
    }
  }
}
