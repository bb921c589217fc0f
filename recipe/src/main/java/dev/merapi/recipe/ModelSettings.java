package dev.merapi.recipe;

import dev.merapi.nn.Bidirectional;
import dev.merapi.nn.Elu;
import dev.merapi.nn.Gelu;
import dev.merapi.nn.GruLayer;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LeakyRelu;
import dev.merapi.nn.LstmLayer;
import dev.merapi.nn.Relu;
import dev.merapi.nn.RnnLayer;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Sigmoid;
import dev.merapi.nn.Silu;
import dev.merapi.nn.Tanh;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import dev.merapi.zoo.AnswerFinder;
import dev.merapi.zoo.BertTask;
import dev.merapi.zoo.EncoderDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which network a recipe trains. The sizes of its input and output follow from the data. */
public sealed interface ModelSettings {

  /**
   * Builds the network.
   *
   * @param signature what goes into it and what is wanted of it
   */
  Layer build(Signature signature, Key key);

  /** The run whose weights it begins with, and whose tokenizer it reads by. */
  default Optional<String> begin() {
    return Optional.empty();
  }

  private static RecipeException shared(int dim) {
    return new RecipeException(
        "`model.dim` %d cannot be shared by its heads; make it a multiple of `model.heads`"
            .formatted(dim));
  }

  /** The function between two layers. */
  enum Activation {
    RELU,
    LEAKY_RELU,
    ELU,
    GELU,
    SILU,
    SIGMOID,
    TANH;

    Layer layer() {
      return switch (this) {
        case RELU -> Relu.of();
        case LEAKY_RELU -> LeakyRelu.of();
        case ELU -> Elu.of();
        case GELU -> Gelu.of();
        case SILU -> Silu.of();
        case SIGMOID -> Sigmoid.of();
        case TANH -> Tanh.of();
      };
    }
  }

  /**
   * See {@link dev.merapi.zoo.Mlp}.
   *
   * @param hidden the sizes of the layers between input and output
   */
  record Mlp(
      @Default("[128]") @Range(from = 1) List<Integer> hidden,
      @Default("relu") Activation activation,
      @Default("0") @Range(from = 0, to = 0.99) double dropout)
      implements ModelSettings {
    @Override
    public Layer build(Signature signature, Key key) {
      List<Integer> sizes = new ArrayList<>();
      sizes.add(Math.toIntExact(signature.shape().elements()));
      sizes.addAll(hidden);
      sizes.add(signature.outputs());
      return dev.merapi.zoo.Mlp.of(sizes, key).activation(activation.layer()).dropout(dropout);
    }
  }

  /**
   * See {@link dev.merapi.zoo.Cnn}.
   *
   * @param channels how many each convolution gives
   * @param hidden the sizes of the layers between the last pool and the logits
   * @param dropout behind each of these
   */
  record Cnn(
      @Default("[32, 64]") @Range(from = 1) List<Integer> channels,
      @Default("[128]") @Range(from = 1) List<Integer> hidden,
      @Default("0") @Range(from = 0, to = 0.99) double dropout)
      implements ModelSettings {
    @Override
    public Layer build(Signature signature, Key key) {
      return dev.merapi.zoo.Cnn.of(signature.shape(), channels, hidden, signature.outputs(), key)
          .dropout(dropout);
    }
  }

  /**
   * See {@link dev.merapi.zoo.ResNet}.
   *
   * @param layers six times the blocks of a stage and 2: 8, 14, 20, …
   */
  record Resnet(@Default("20") @Range(from = 8) int layers) implements ModelSettings {
    @Override
    public Layer build(Signature signature, Key key) {
      int channels = signature.shape().size(0);
      return dev.merapi.zoo.ResNet.of(layers, channels, signature.outputs(), key);
    }
  }

  /**
   * See {@link dev.merapi.zoo.Autoencoder}.
   *
   * @param code how many numbers a sample is squeezed through
   * @param dropout of the code
   */
  record Autoencoder(
      @Default("32") @Range(from = 1) int code,
      @Default("0") @Range(from = 0, to = 0.99) double dropout)
      implements ModelSettings {
    @Override
    public Layer build(Signature signature, Key key) {
      return dev.merapi.zoo.Autoencoder.of(Math.toIntExact(signature.shape().elements()), code, key)
          .dropout(dropout);
    }
  }

  /**
   * See {@link dev.merapi.zoo.FactorizationMachine}; its features are categories that a
   * label-encode has numbered.
   *
   * @param dim the length of each label's vector
   */
  record FactorizationMachine(@Default("16") @Range(from = 1) int dim) implements ModelSettings {
    @Override
    public Layer build(Signature signature, Key key) {
      if (signature.vocabularies().isEmpty() || signature.vocabularies().contains(0)) {
        throw new RecipeException(
            "a factorization-machine wants categories alone: add `- {kind: label-encode}` to the"
                + " preparation, and exclude columns of numbers");
      }
      return dev.merapi.zoo.FactorizationMachine.of(signature.vocabularies(), dim, key);
    }
  }

  /**
   * See {@link dev.merapi.zoo.Gpt}; its context is the data's.
   *
   * @param dim the width
   * @param bias whether its layers add biases
   * @param initStd the standard deviation of its first weights
   */
  record Gpt(
      @Default("4") @Range(from = 1) int layers,
      @Default("4") @Range(from = 1) int heads,
      @Default("128") @Range(from = 1) int dim,
      @Default("0") @Range(from = 0, to = 0.99) double dropout,
      @Default("true") boolean bias,
      @Default("0.02") @Range(from = 1e-4, to = 1) double initStd)
      implements ModelSettings {
    @Override
    public Layer build(Signature signature, Key key) {
      if (!signature.hasTokens()) {
        throw new RecipeException(
            "a gpt learns from text; give data of the kind `text`, or another model");
      }
      if (dim % heads != 0) {
        throw shared(dim);
      }
      var size =
          new dev.merapi.zoo.Gpt.Size(
              signature.outputs(), signature.shape().size(0), dim, layers, heads);
      var gpt = dev.merapi.zoo.Gpt.of(size, initStd, key).dropout(dropout);
      return bias ? gpt : gpt.withoutBias();
    }
  }

  /**
   * A language model that was trained before, and learns more; or a new one. It reads by a
   * tokenizer of its own.
   *
   * @param from a folder from a model hub, such as ./SmolLM2-135M-Instruct, or the run of a
   *     language model; null for a new {@link dev.merapi.zoo.Gpt} of the sizes below
   * @param tuning what of it learns
   * @param layers of a new one
   * @param heads of a new one
   * @param dim the width of a new one
   * @param initStd the standard deviation of a new one's first weights
   */
  record CausalLm(
      @Default("null") Optional<String> from,
      @Default("{kind: full}") TuningSettings tuning,
      @Default("4") @Range(from = 1) int layers,
      @Default("4") @Range(from = 1) int heads,
      @Default("128") @Range(from = 1) int dim,
      @Default("0.02") @Range(from = 1e-4, to = 1) double initStd)
      implements ModelSettings {
    public CausalLm {
      if (dim % heads != 0) {
        throw shared(dim);
      }
    }

    /** It is built by {@link TunedModel}, which knows the tokenizer, too. */
    @Override
    public Layer build(Signature signature, Key key) {
      throw new RecipeException(
          "a causal-lm learns from data of the kinds `conversations`, `preferences` and `text`;"
              + " give such data, or another model");
    }
  }

  /**
   * See {@link dev.merapi.zoo.TextCnn}.
   *
   * @param dim the length of a token's vector
   * @param widths how many tokens in a row its phrases have
   * @param channels phrases of each width
   * @param dropout of what the last layer reads
   */
  record TextCnn(
      @Default("128") @Range(from = 1) int dim,
      @Default("[3, 4, 5]") @Range(from = 1, to = 64) List<Integer> widths,
      @Default("100") @Range(from = 1) int channels,
      @Default("0.5") @Range(from = 0, to = 0.99) double dropout)
      implements ModelSettings {
    @Override
    public Layer build(Signature signature, Key key) {
      var size =
          new dev.merapi.zoo.TextCnn.Size(
              signature.classifiedVocabulary("text-cnn"),
              signature.padding().orElseThrow(),
              dim,
              widths,
              channels,
              signature.outputs());
      return dev.merapi.zoo.TextCnn.of(size, key).dropout(dropout);
    }
  }

  /**
   * See {@link dev.merapi.zoo.TextRnn}.
   *
   * @param dim the length of a token's vector
   * @param hidden numbers that it remembers in each direction
   * @param dropout of vectors, between layers, and of what the last layer reads
   */
  record TextRnn(
      @Default("lstm") Cell cell,
      @Default("128") @Range(from = 1) int dim,
      @Default("128") @Range(from = 1) int hidden,
      @Default("1") @Range(from = 1, to = 16) int layers,
      @Default("0.3") @Range(from = 0, to = 0.99) double dropout)
      implements ModelSettings {
    /** What it is made of. */
    public enum Cell {
      RNN,
      GRU,
      LSTM;

      Bidirectional.Maker maker() {
        return switch (this) {
          case RNN -> RnnLayer::of;
          case GRU -> GruLayer::of;
          case LSTM -> LstmLayer::of;
        };
      }
    }

    @Override
    public Layer build(Signature signature, Key key) {
      var size =
          new dev.merapi.zoo.TextRnn.Size(
              signature.classifiedVocabulary("text-rnn"),
              signature.padding().orElseThrow(),
              dim,
              hidden,
              layers,
              signature.outputs());
      return dev.merapi.zoo.TextRnn.of(size, cell.maker(), key).dropout(dropout);
    }
  }

  /**
   * See {@link dev.merapi.zoo.Bert}: of masked texts it tells the hidden tokens, of texts with
   * classes the class, of questions where the answer begins and ends. Its context is the data's
   * length, and its sizes are those below, unless it was published.
   *
   * @param dim the width
   * @param hidden the width inside its feed-forward networks; null for four times the width
   * @param from a run that has trained the same network, to begin with its weights and its
   *     tokenizer, or a folder of a BERT from a model hub; null for weights that are drawn
   */
  record Bert(
      @Default("4") @Range(from = 1) int layers,
      @Default("4") @Range(from = 1) int heads,
      @Default("128") @Range(from = 1) int dim,
      @Default("null") @Range(from = 1) Optional<Integer> hidden,
      @Default("0.1") @Range(from = 0, to = 0.99) double dropout,
      @Default("null") Optional<String> from)
      implements ModelSettings {
    @Override
    public Layer build(Signature signature, Key key) {
      if (dim % heads != 0) {
        throw shared(dim);
      }
      var size =
          new dev.merapi.zoo.Bert.Size(
              signature.textVocabulary("bert"),
              signature.shape().size(0),
              dim,
              hidden.orElse(4 * dim),
              layers,
              heads);
      var bert =
          dev.merapi.zoo.Bert.of(size, key.fold(0))
              .padding(signature.padding().orElseThrow())
              .dropout(dropout);
      if (signature.findsAnswers()) {
        return AnswerFinder.of(bert.withoutPooler(), key.fold(1));
      }
      return signature.tellsTokens()
          ? BertTask.MaskedTokens.of(bert.withoutPooler(), key.fold(1))
          : BertTask.TextClasses.of(bert, signature.outputs(), key.fold(1)).dropout(dropout);
    }

    @Override
    public Optional<String> begin() {
      return from.filter(folder -> !PublishedReader.isIn(Path.of(folder)));
    }

    /** The folder from a hub that it begins with. */
    Optional<Path> published() {
      return from.map(Path::of).filter(PublishedReader::isIn);
    }
  }

  /**
   * A model that turns texts into others: its data are {@link LanguageSettings.Pairs}. A {@link
   * dev.merapi.zoo.BeamSearch} writes by it.
   */
  sealed interface TextToText extends ModelSettings {
    @Override
    EncoderDecoder build(Signature signature, Key key);

    /** Beginnings of a text that are followed where it writes. */
    int beams();
  }

  /**
   * See {@link dev.merapi.zoo.Seq2Seq}.
   *
   * @param layers blocks of the encoder, and as many of the decoder
   * @param dim the width
   * @param hidden the width inside its feed-forward networks; null for four times the width
   * @param norm whether blocks normalise what they read, or sums, as the paper does
   * @param beams see {@link TextToText}
   */
  record Seq2seq(
      @Default("3") @Range(from = 1) int layers,
      @Default("4") @Range(from = 1) int heads,
      @Default("128") @Range(from = 2) int dim,
      @Default("null") @Range(from = 1) Optional<Integer> hidden,
      @Default("0.1") @Range(from = 0, to = 0.99) double dropout,
      @Default("pre") Norm norm,
      @Default("4") @Range(from = 1, to = 100) int beams)
      implements TextToText {
    /** Where its blocks normalise. */
    public enum Norm {
      PRE,
      POST
    }

    public Seq2seq {
      if (dim % heads != 0) {
        throw shared(dim);
      }
    }

    @Override
    public EncoderDecoder build(Signature signature, Key key) {
      var size =
          new dev.merapi.zoo.Seq2Seq.Size(
              signature.outputs(),
              signature.padding().orElseThrow(),
              dim,
              hidden.orElse(4 * dim),
              layers,
              heads);
      var model = dev.merapi.zoo.Seq2Seq.of(size, key).dropout(dropout);
      return norm == Norm.PRE ? model : model.postNorm();
    }
  }

  /**
   * See {@link dev.merapi.zoo.LstmSeq2Seq}.
   *
   * @param layers of the encoder, and as many of the decoder
   * @param dim the length of a token's vector
   * @param hidden numbers that each direction of the encoder remembers, and the decoder
   * @param dropout of vectors, between layers, and of what the last layer reads
   * @param beams see {@link TextToText}
   */
  record LstmSeq2seq(
      @Default("1") @Range(from = 1, to = 16) int layers,
      @Default("256") @Range(from = 1) int dim,
      @Default("256") @Range(from = 1) int hidden,
      @Default("0.3") @Range(from = 0, to = 0.99) double dropout,
      @Default("4") @Range(from = 1, to = 100) int beams)
      implements TextToText {
    @Override
    public EncoderDecoder build(Signature signature, Key key) {
      var size =
          new dev.merapi.zoo.LstmSeq2Seq.Size(
              signature.outputs(), signature.padding().orElseThrow(), dim, hidden, layers);
      return dev.merapi.zoo.LstmSeq2Seq.of(size, key).dropout(dropout);
    }
  }

  /**
   * Layers one after another; the last has to give the outputs that are wanted.
   *
   * @param layers each in the form {@code {kind: linear, out: 64}}
   */
  record Layers(List<LayerSettings> layers) implements ModelSettings {
    @Override
    public Layer build(Signature signature, Key key) {
      List<Layer> built = new ArrayList<>();
      var shape = signature.shape();
      for (var settings : layers) {
        try {
          var layer = settings.build(shape, signature.outputs(), key.fold(built.size()));
          // Only the shape is worked out: nothing is computed.
          var before = Tensor.zeros(Shape.of(1).concat(shape).toArray());
          var after = layer.apply(before).shape();
          shape = after.slice(1, after.rank());
          built.add(layer);
        } catch (MerapiException e) {
          throw new RecipeException(
              "`model.layers`: layer %d (%s) of samples %s: %s"
                  .formatted(
                      built.size() + 1, Settings.kind(settings.getClass()), shape, e.getMessage()),
              e);
        }
      }
      if (!shape.equals(Shape.of(signature.outputs()))) {
        throw new RecipeException(
            "`model.layers`: the last layer gives %s a sample, but %d numbers are wanted; end with {kind: linear}"
                .formatted(shape, signature.outputs()));
      }
      return new Sequential(built);
    }
  }
}
