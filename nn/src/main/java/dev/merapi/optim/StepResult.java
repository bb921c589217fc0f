package dev.merapi.optim;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * What a step computed.
 *
 * @param loss the loss before the step; over several accumulated batches their weighted mean
 * @param gradientNorm the norm of all gradients together, before clipping
 * @param learningRate the rate that the step used, of the model's rule
 * @param applied false when the loss or the norm was not finite: then nothing has changed, neither
 *     weights nor any state
 * @param outputs the values asked for
 */
public record StepResult(
    double loss, double gradientNorm, double learningRate, boolean applied, List<Tensor> outputs) {}
