package dev.merapi.optim;

import dev.merapi.graph.Engine;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Step.Assignment;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The training of one model under an {@link Optimizer}: its state, its step counter, its schedule.
 *
 * <p>{@link #step} is one program: forward, backward, clipping, every update, and the updates of
 * the layers' own state. A step whose loss or gradient norm is not finite changes nothing and says
 * so. The graph of a step has the same structure as the one before it, so it is compiled once. Not
 * for several threads at a time.
 *
 * {@snippet :
 * var optimization = Optimization.of(model, AdamW.of(1e-3));
 * for (var batch : batches) {
 *   var mode = Mode.training(key.fold(optimization.steps()));
 *   var result = optimization.step(loss.apply(model.apply(batch.x(), mode), batch.y()), mode);
 * }
 * }
 */
public final class Optimization {
  private final Optimizer optimizer;
  private final StepOptions options;
  private final List<Member> members;
  private final List<Parameter> parameters;
  private Schedule schedule;
  private long steps;

  private final List<Parameter> gradientSums = new ArrayList<>();
  private double pendingWeight;
  private double pendingLoss;

  /** A trained parameter with its rule and what the rule keeps for it. */
  private record Member(
      String name,
      Parameter parameter,
      Optimizer optimizer,
      Map<String, Parameter> state,
      Optional<Parameter> average) {}

  private Optimization(Object model, Optimizer optimizer, StepOptions options) {
    this.optimizer = optimizer;
    this.options = options;
    this.schedule = options.schedule();
    this.members = members(Parameters.trained(model), optimizer, options);
    this.parameters = members.stream().map(Member::parameter).toList();
  }

  /** One rule for all parameters of a model: a record of layers, or a List of parameters. */
  public static Optimization of(Object model, Optimizer optimizer) {
    return new Optimization(model, optimizer, StepOptions.DEFAULT);
  }

  /**
   * One rule, or several by groups, and options.
   *
   * @throws MerapiException if the model has nothing to train, or a group no members
   */
  public static Optimization of(Object model, Optimizer optimizer, StepOptions options) {
    return new Optimization(model, optimizer, options);
  }

  private static List<Member> members(
      Map<String, Parameter> trained, Optimizer optimizer, StepOptions options) {
    for (Group group : options.groups()) {
      if (trained.entrySet().stream()
          .noneMatch(e -> group.members().test(e.getKey(), e.getValue()))) {
        throw new MerapiException(
            "the group \"%s\" has no members; the parameters are %s"
                .formatted(group.description(), trained.keySet()));
      }
    }
    List<Member> members = new ArrayList<>();
    trained.forEach(
        (name, parameter) ->
            options.groups().stream()
                .filter(group -> group.members().test(name, parameter))
                .findFirst()
                .map(Group::optimizer)
                .orElse(Optional.of(optimizer))
                .ifPresent(rule -> members.add(member(name, parameter, rule, options))));
    if (members.isEmpty()) {
      throw new MerapiException(
          "there is nothing to train: the model has no trained parameters, or all are frozen");
    }
    return List.copyOf(members);
  }

  private static Member member(
      String name, Parameter parameter, Optimizer rule, StepOptions options) {
    Map<String, Parameter> state = new TreeMap<>(); // in one order on every run
    rule.initialState(parameter).forEach((key, first) -> state.put(key, Parameter.state(first)));
    Optional<Parameter> average =
        options.averageDecay().isPresent()
            ? Optional.of(Parameter.state(parameter))
            : Optional.empty();
    return new Member(name, parameter, rule, state, average);
  }

  // ---- steps

  /** One step down the gradient of a scalar loss; computes the loss and the outputs on the way. */
  public StepResult step(Tensor loss, Mode mode, Tensor... outputs) {
    return step(loss, mode, 1, outputs);
  }

  /**
   * One step down the mean gradient of this batch and those accumulated before it.
   *
   * @param mode that the loss was made with: its state updates happen in this step
   * @param weight of this batch's loss in the mean: its number of samples, if batches differ
   */
  public StepResult step(Tensor loss, Mode mode, double weight, Tensor... outputs) {
    double rate = learningRate();
    List<Tensor> values = stepGraph(loss, mode, weight, outputs).run();
    double total = pendingWeight + weight;
    double meanLoss = (pendingLoss + weight * values.get(0).item()) / total;
    StepResult result = result(meanLoss, rate, values);
    if (result.applied()) {
      steps++;
      pendingWeight = 0;
      pendingLoss = 0;
    }
    return result;
  }

  /** Adds the gradient of a batch to those that the next step takes the mean of. */
  public StepResult accumulate(Tensor loss, Mode mode) {
    return accumulate(loss, mode, 1);
  }

  /**
   * Adds the gradient of a batch, times a weight, to those that the next step takes the mean of.
   * Batches whose losses are means equal one large batch when each weighs its number of samples.
   */
  public StepResult accumulate(Tensor loss, Mode mode, double weight, Tensor... outputs) {
    List<Tensor> values = accumulationGraph(loss, mode, weight, outputs).run();
    StepResult result = result(values.get(0).item(), learningRate(), values);
    if (result.applied()) {
      pendingWeight += weight;
      pendingLoss += weight * result.loss();
    }
    return result;
  }

  /** Forgets the batches that were accumulated since the last step. */
  public void discard() {
    pendingWeight = 0;
    pendingLoss = 0;
  }

  /** Bytes that such a step computes in; computes and takes nothing yet. */
  public long workspace(Tensor loss, Mode mode, Tensor... outputs) {
    Step step = stepGraph(loss, mode, 1, outputs);
    return Engine.shared().program(step).bytes();
  }

  private static StepResult result(double loss, double rate, List<Tensor> values) {
    double norm = values.get(1).item();
    boolean applied = Double.isFinite(loss) && Double.isFinite(norm);
    return new StepResult(loss, norm, rate, applied, values.subList(2, values.size()));
  }

  /** The whole step as one graph: outputs are the loss, the gradient norm, and what was asked. */
  Step stepGraph(Tensor loss, Mode mode, double weight, Tensor... outputs) {
    List<Tensor> gradients = meanGradients(gradients(loss), weight);
    Tensor norm = Clipping.norm(gradients);
    Tensor finite = finite(loss).and(finite(norm));
    List<Tensor> clipped = clipped(gradients, norm);

    List<Assignment> assignments = new ArrayList<>();
    Map<Optimizer, StepInputs> inputs = new HashMap<>();
    for (int i = 0; i < members.size(); i++) {
      Optimizer rule = members.get(i).optimizer();
      StepInputs now = inputs.computeIfAbsent(rule, this::inputs);
      update(members.get(i), clipped.get(i), now, assignments);
    }
    assignments.addAll(mode.updates());
    return new Step(
        outputs(loss, norm, outputs), guarded(finite, assignments), options.precision());
  }

  private Step accumulationGraph(Tensor loss, Mode mode, double weight, Tensor... outputs) {
    if (gradientSums.isEmpty()) {
      parameters.forEach(p -> gradientSums.add(Parameter.state(Optimizer.zerosLike(p))));
    }
    List<Tensor> gradients = gradients(loss);
    Tensor norm = Clipping.norm(gradients);
    Tensor share = Tensor.scalar((float) weight);
    Tensor kept = Tensor.scalar(pendingWeight > 0 ? 1 : 0); // the first batch starts anew
    List<Assignment> assignments = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      Parameter sum = gradientSums.get(i);
      assignments.add(new Assignment(sum, sum.mul(kept).add(gradients.get(i).mul(share))));
    }
    assignments.addAll(mode.updates());
    Tensor finite = finite(loss).and(finite(norm));
    return new Step(
        outputs(loss, norm, outputs), guarded(finite, assignments), options.precision());
  }

  private List<Tensor> gradients(Tensor loss) {
    return Gradients.of(loss, parameters).stream().map(g -> g.cast(DType.F32)).toList();
  }

  private List<Tensor> meanGradients(List<Tensor> gradients, double weight) {
    if (pendingWeight == 0) {
      return gradients;
    }
    Tensor share = Tensor.scalar((float) weight);
    Tensor part = Tensor.scalar((float) (1 / (pendingWeight + weight)));
    List<Tensor> mean = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      mean.add(gradientSums.get(i).add(gradients.get(i).mul(share)).mul(part));
    }
    return mean;
  }

  private List<Tensor> clipped(List<Tensor> gradients, Tensor norm) {
    List<Tensor> clipped = gradients;
    Tensor rest = norm;
    if (options.clipValue().isPresent()) {
      clipped = Clipping.byValue(clipped, options.clipValue().getAsDouble());
      rest = Clipping.norm(clipped);
    }
    return options.clipNorm().isPresent()
        ? Clipping.byNorm(clipped, rest, options.clipNorm().getAsDouble())
        : clipped;
  }

  private StepInputs inputs(Optimizer rule) {
    return new StepInputs(steps + 1, rule.learningRate() * schedule.factor(steps));
  }

  private void update(
      Member member, Tensor gradient, StepInputs now, List<Assignment> assignments) {
    Parameter parameter = member.parameter();
    var update =
        member
            .optimizer()
            .update(
                parameter.cast(DType.F32),
                gradient,
                Collections.unmodifiableMap(member.state()),
                now);
    Tensor next = update.parameter().cast(parameter.dtype());
    assignments.add(new Assignment(parameter, next));
    member.state().forEach((key, s) -> assignments.add(new Assignment(s, update.state().get(key))));
    member
        .average()
        .ifPresent(
            average -> {
              double d = options.averageDecay().orElseThrow();
              Tensor mean = average.mul(d).add(next.mul(1 - d));
              assignments.add(new Assignment(average, mean.cast(average.dtype())));
            });
  }

  private static List<Tensor> outputs(Tensor loss, Tensor norm, Tensor... outputs) {
    List<Tensor> all = new ArrayList<>(List.of(loss, norm));
    all.addAll(List.of(outputs));
    return all;
  }

  /** Neither infinite nor NaN: a bool scalar. */
  private static Tensor finite(Tensor x) {
    return x.reshape().cast(DType.F32).abs().le(Float.MAX_VALUE);
  }

  /** Every assignment, of the old value where the step is not finite. */
  private static List<Assignment> guarded(Tensor finite, List<Assignment> assignments) {
    return assignments.stream()
        .map(a -> new Assignment(a.target(), finite.where(a.value(), a.target())))
        .toList();
  }

  // ---- between steps

  /** What is trained, by name: without what is frozen, and without state. */
  public SequencedMap<String, Parameter> trained() {
    SequencedMap<String, Parameter> all = new LinkedHashMap<>();
    members.forEach(member -> all.put(member.name(), member.parameter()));
    return Collections.unmodifiableSequencedMap(all);
  }

  /** Those of some parameters that no step changes: trained ones that are frozen. */
  public Set<Parameter> frozen(Collection<Parameter> all) {
    Set<Parameter> frozen = new HashSet<>(all);
    frozen.removeIf(parameter -> !parameter.trained());
    frozen.removeAll(Set.copyOf(parameters));
    return frozen;
  }

  /** Steps done. */
  public long steps() {
    return steps;
  }

  /** The learning rate of the next step, of the model's rule. */
  public double learningRate() {
    return optimizer.learningRate() * schedule.factor(steps);
  }

  /** Tells the schedule a metric, such as the validation loss; a {@link Plateau} listens. */
  public void observe(double metric) {
    schedule = schedule.observe(metric);
  }

  /** What the checkpoint keeps of the schedule besides the number of steps. */
  public Map<String, Double> scheduleState() {
    return schedule.state();
  }

  /** Continues where a checkpoint ended; the state's values are assigned by who loads them. */
  public void resume(long steps, Map<String, Double> scheduleState) {
    this.steps = steps;
    this.schedule = schedule.withState(scheduleState);
  }

  /**
   * Everything kept besides the model, for the checkpoint: {@code layers.0.weight.momentum}, and
   * with averaged weights {@code layers.0.weight.average}.
   */
  public SequencedMap<String, Parameter> state() {
    SequencedMap<String, Parameter> all = new LinkedHashMap<>();
    for (Member member : members) {
      member.state().forEach((key, state) -> all.put(member.name() + "." + key, state));
      member.average().ifPresent(average -> all.put(member.name() + ".average", average));
    }
    return Collections.unmodifiableSequencedMap(all);
  }

  /**
   * Swaps the weights with their averages, to evaluate or save those; a second call swaps back.
   *
   * @throws MerapiException if no averages are kept
   */
  public void swapAverages() {
    List<Assignment> swaps = new ArrayList<>();
    for (Member member : members) {
      Parameter average =
          member
              .average()
              .orElseThrow(
                  () ->
                      new MerapiException(
                          "no averages are kept; set StepOptions.averageDecay before training"));
      swaps.add(new Assignment(member.parameter(), average));
      swaps.add(new Assignment(average, member.parameter()));
    }
    new Step(List.of(), swaps).run();
  }
}
