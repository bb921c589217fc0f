package dev.merapi.nn;

import dev.merapi.tensor.AttentionOptions;
import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Global attention with the score "general" (Luong et al., "Effective Approaches to Attention-based
 * Neural Machine Translation", 2015): h {@code (batch, time, hidden)} and its context {@code
 * (batch, timeK, contextDim) → (batch, time, dim)}.
 *
 * <pre>{@code
 * score(hₜ, sᵢ) = hₜᵀ W sᵢ
 * aₜ = softmax(score(hₜ, s))
 * cₜ = Σᵢ aₜᵢ sᵢ
 * yₜ = tanh(V [cₜ; hₜ])
 * }</pre>
 *
 * <p>What it says of a time depends on that h alone and not on what it said before (no input
 * feeding), so all times are looked up at once.
 *
 * @param score Wᵀ, hidden → contextDim
 * @param output V, contextDim + hidden → dim
 */
public record LuongAttention(Linear score, Linear output) {

  /** Without biases, as the paper has it; drawn as {@link Linear} draws its weights. */
  public static LuongAttention of(int hidden, int contextDim, int dim, Key key) {
    return new LuongAttention(
        Linear.of(hidden, contextDim, key.fold(0)).withoutBias(),
        Linear.of(contextDim + hidden, dim, key.fold(1)).withoutBias());
  }

  /**
   * h with what it finds in the context.
   *
   * @param mask (batch, timeK), true where the context may be seen; where a row sees nothing, c is
   *     zeros
   */
  public Tensor apply(Tensor h, Tensor context, Optional<Tensor> mask, Mode mode) {
    Packing.refuse("LuongAttention", mode);
    var options = AttentionOptions.DEFAULT.scale(1);
    if (mask.isPresent()) {
      options = options.mask(mask.get());
    }
    Tensor query = score.apply(h, mode).unsqueeze(1); // (batch, one head, time, contextDim)
    Tensor keys = context.unsqueeze(1);
    Tensor found = Fused.attention(query, keys, keys, options).squeeze(1);
    return output.apply(Tensor.concat(-1, List.of(found, h)), mode).tanh();
  }
}
