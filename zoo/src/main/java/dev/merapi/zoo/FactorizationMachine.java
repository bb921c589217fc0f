package dev.merapi.zoo;

import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Predicts a number from labels by a vector and a weight for each of them: {@code y = b + Σᵢ wᵢ +
 * Σᵢ﹤ⱼ vᵢ·vⱼ} (Rendle, "Factorization Machines", 2010), {@code (batch, labels) → (batch, 1)}. Of
 * users and films it is matrix factorisation with biases (Koren et al., 2009).
 *
 * @param bias {@code (1)}
 * @param weights of each label column: {@code (vocabulary, 1)}
 * @param factors of each label column: {@code (vocabulary, dim)}
 */
public record FactorizationMachine(Parameter bias, List<Embedding> weights, List<Embedding> factors)
    implements Layer {
  private static final double SPREAD = 0.05; // of the first vectors: all labels begin almost equal

  public FactorizationMachine {
    weights = List.copyOf(weights);
    factors = List.copyOf(factors);
  }

  /**
   * Vectors from N(0, 0.05²), weights and bias 0.
   *
   * @param vocabularies how many labels each column can have
   * @param dim the length of the vectors
   */
  public static FactorizationMachine of(List<Integer> vocabularies, int dim, Key key) {
    if (vocabularies.size() < 2) {
      throw new MerapiException(
          "FactorizationMachine: %d columns of labels; give at least 2"
              .formatted(vocabularies.size()));
    }
    List<Embedding> weights = new ArrayList<>();
    List<Embedding> factors = new ArrayList<>();
    for (int count : vocabularies) {
      weights.add(Embedding.of(count, 1, Init.zeros(), key));
      factors.add(Embedding.of(count, dim, Init.normal(0, SPREAD), key.fold(factors.size())));
    }
    return new FactorizationMachine(Parameter.of(Tensor.zeros(1)), weights, factors);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    var labels = x.cast(DType.I32);
    Tensor y = bias;
    Tensor sum = Tensor.zeros(1);
    Tensor squares = Tensor.zeros(1);
    for (int i = 0; i < factors.size(); i++) {
      var column = labels.select(1, i); // (batch)
      var v = factors.get(i).apply(column, mode); // (batch, dim)
      y = y.add(weights.get(i).apply(column, mode)); // (batch, 1)
      sum = sum.add(v);
      squares = squares.add(v.mul(v));
    }
    // Σᵢ﹤ⱼ vᵢ·vⱼ = ½ Σ ((Σᵢ vᵢ)² - Σᵢ vᵢ²)
    var pairs = sum.mul(sum).sub(squares).sum(-1).mul(0.5).unsqueeze(-1); // (batch, 1)
    return y.add(pairs);
  }
}
