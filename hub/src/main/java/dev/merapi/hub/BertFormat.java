package dev.merapi.hub;

import dev.merapi.hub.NameMap.Layout;
import dev.merapi.hub.NameMap.Row;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Key;
import dev.merapi.zoo.Bert;
import dev.merapi.zoo.BertTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** BERT, alone and with each of its heads. */
record BertFormat(Task task) implements Format {
  private static final Key KEY = Key.of(0);

  /** The encoder alone, and what it is for. */
  enum Task {
    ENCODER("BertModel"),
    MASKED_TOKENS("BertForMaskedLM"),
    NEXT_SENTENCE("BertForNextSentencePrediction"),
    PRE_TRAINING("BertForPreTraining"),
    TEXT_CLASSES("BertForSequenceClassification"),
    TOKEN_CLASSES("BertForTokenClassification"),
    ANSWER_SPAN("BertForQuestionAnswering");

    final String published;

    Task(String published) {
      this.published = published;
    }

    static Task of(Layer model) {
      return switch (model) {
        case BertTask.MaskedTokens _ -> MASKED_TOKENS;
        case BertTask.NextSentence _ -> NEXT_SENTENCE;
        case BertTask.PreTraining _ -> PRE_TRAINING;
        case BertTask.TextClasses _ -> TEXT_CLASSES;
        case BertTask.TokenClasses _ -> TOKEN_CLASSES;
        case BertTask.AnswerSpan _ -> ANSWER_SPAN;
        default -> ENCODER;
      };
    }
  }

  @Override
  public Layer model(Config config, Set<String> names) {
    config.refuse("is_decoder", config.flag("is_decoder", false), "false");
    String kind = "position_embedding_type";
    config.refuse(kind, config.has(kind) && !config.text(kind).equals("absolute"), "absolute");
    var size =
        new Bert.Size(
            config.integer("vocab_size"),
            config.integer("max_position_embeddings", 512),
            config.integer("hidden_size"),
            config.integer("intermediate_size"),
            config.integer("num_hidden_layers"),
            config.integer("num_attention_heads"));
    Bert bert =
        Bert.of(size, KEY)
            .segments(config.integer("type_vocab_size", 2), KEY)
            .activation(Activation.of(config, "hidden_act", "gelu"))
            .epsilon(config.number("layer_norm_eps", 1e-12));
    boolean needed =
        switch (task) {
          case NEXT_SENTENCE, PRE_TRAINING, TEXT_CLASSES -> true;
          default -> names.stream().anyMatch(name -> name.endsWith("pooler.dense.weight"));
        };
    Bert body = needed ? bert : bert.withoutPooler();
    return switch (task) {
      case ENCODER -> body;
      case MASKED_TOKENS -> BertTask.MaskedTokens.of(body, KEY);
      case NEXT_SENTENCE -> BertTask.NextSentence.of(body, KEY);
      case PRE_TRAINING -> BertTask.PreTraining.of(body, KEY);
      case TEXT_CLASSES -> BertTask.TextClasses.of(body, classes(config), KEY);
      case TOKEN_CLASSES -> BertTask.TokenClasses.of(body, classes(config), KEY);
      case ANSWER_SPAN -> BertTask.AnswerSpan.of(body, KEY);
    };
  }

  private static int classes(Config config) {
    return config.has("id2label")
        ? config.values().get("id2label").size()
        : config.integer("num_labels", 2);
  }

  @Override
  public NameMap names(Layer model) {
    String in = model instanceof Bert ? "" : "bert.";
    String block = in + "encoder.layer.*.";
    List<Row> rows = new ArrayList<>();
    rows.add(Row.of(in + "tokens", in + "embeddings.word_embeddings"));
    rows.add(Row.of(in + "positions", in + "embeddings.position_embeddings"));
    rows.add(Row.of(in + "segments", in + "embeddings.token_type_embeddings"));
    rows.add(Row.of(in + "norm", in + "embeddings.LayerNorm"));
    rows.add(
        new Row(
            in + "blocks.*.attention.projection",
            Layout.AS_OURS,
            List.of(
                block + "attention.self.query",
                block + "attention.self.key",
                block + "attention.self.value"),
            List.of(1, 1, 1)));
    rows.add(Row.of(in + "blocks.*.attention.output", block + "attention.output.dense"));
    rows.add(Row.of(in + "blocks.*.attentionNorm", block + "attention.output.LayerNorm"));
    rows.add(Row.of(in + "blocks.*.feedForward.up", block + "intermediate.dense"));
    rows.add(Row.of(in + "blocks.*.feedForward.down", block + "output.dense"));
    rows.add(Row.of(in + "blocks.*.feedForwardNorm", block + "output.LayerNorm"));
    rows.add(Row.of(in + "pooler", in + "pooler.dense"));
    switch (task) {
      case ENCODER -> {}
      case MASKED_TOKENS, PRE_TRAINING -> {
        rows.add(Row.of("head.dense", "cls.predictions.transform.dense"));
        rows.add(Row.of("head.norm", "cls.predictions.transform.LayerNorm"));
        rows.add(Row.of("head.bias", "cls.predictions.bias"));
        rows.add(Row.of("next", "cls.seq_relationship"));
      }
      case NEXT_SENTENCE -> rows.add(Row.of("head", "cls.seq_relationship"));
      case TEXT_CLASSES, TOKEN_CLASSES -> rows.add(Row.of("head", "classifier"));
      case ANSWER_SPAN -> rows.add(Row.of("head", "qa_outputs"));
    }
    // Buffers, and heads of other tasks, which the published models have.
    return new NameMap(rows, "bert.", name -> name.matches(".*embeddings\\.position_ids|cls\\..*"));
  }

  private static Map<String, String> labels(Linear head) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (int i = 0; i < head.weight().shape().size(0); i++) {
      labels.put(Integer.toString(i), "LABEL_" + i);
    }
    return labels;
  }

  @Override
  public Map<String, Object> config(Layer model) {
    Bert bert = model instanceof BertTask with ? with.bert() : (Bert) model;
    var block = bert.blocks().getFirst();
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("vocab_size", bert.tokens().weight().shape().size(0));
    said.put("max_position_embeddings", bert.positions().weight().shape().size(0));
    said.put("type_vocab_size", bert.segments().orElseThrow().weight().shape().size(0));
    said.put("hidden_size", bert.norm().weight().shape().size(0));
    said.put("intermediate_size", block.feedForward().up().weight().shape().size(0));
    said.put("num_hidden_layers", bert.blocks().size());
    said.put("num_attention_heads", block.attention().heads());
    said.put("hidden_act", Activation.name(block.feedForward().activation()));
    said.put("layer_norm_eps", bert.norm().epsilon());
    switch (model) {
      case BertTask.TextClasses(_, _, var head) -> said.put("id2label", labels(head));
      case BertTask.TokenClasses(_, _, var head) -> said.put("id2label", labels(head));
      default -> {}
    }
    return said;
  }
}
