package dev.merapi.graph;

import dev.merapi.backend.Backend;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds or compiles the program of a graph and runs it. */
public final class Engine {
  private static final int PROGRAMS = 256;

  private static final System.Logger LOG = System.getLogger(Engine.class.getName());

  /** More nodes than a model's step has: most likely values are added up without being read. */
  private static final int MANY_NODES = 100_000;

  private static final int TOO_MANY_NODES = 2_000_000;

  private static final Engine SHARED = new Engine(dev.merapi.cpu.CpuBackend.shared());

  private final Backend backend;
  private long compiled;
  private volatile Optional<Profile> profile = Optional.empty();

  private final Map<Structure, Program> programs =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Structure, Program> eldest) {
          return size() > PROGRAMS;
        }
      };

  /** An engine with a cache of its own over a backend. */
  public Engine(Backend backend) {
    this.backend = backend;
  }

  /** The engine of the process. */
  public static Engine shared() {
    return SHARED;
  }

  /** Runs a step with contractions in f32. */
  public List<Tensor> run(List<Tensor> outputs, List<Step.Assignment> assignments) {
    return run(new Step(outputs, assignments));
  }

  /**
   * Computes the outputs and assigns the parameters; the outputs are values with a life of their
   * own.
   */
  public List<Tensor> run(Step step) {
    List<Tensor> outputs = step.outputs();
    if (step.assignments().isEmpty() && outputs.stream().allMatch(x -> x.op() instanceof Op.Data)) {
      return outputs; // values already
    }
    Watch watch = Watch.begin(profile);
    Structure.Traced traced = Structure.of(step);
    List<Storage> values = new ArrayList<>(traced.slots().size());
    for (Tensor slot : traced.slots()) {
      values.add(
          slot instanceof Parameter parameter
              ? parameter.storage()
              : ((Op.Data) slot.op()).storage());
    }
    List<Storage> results = program(traced, step).run(values, watch);
    watch.end();
    List<Tensor> tensors = new ArrayList<>(results.size());
    for (int i = 0; i < results.size(); i++) {
      tensors.add(new Tensor(new Op.Data(results.get(i), outputs.get(i).shape())));
    }
    return tensors;
  }

  /** The program that a run of these outputs and assignments takes. */
  public Program program(List<Tensor> outputs, List<Step.Assignment> assignments) {
    return program(new Step(outputs, assignments));
  }

  /** The program that a step takes. */
  public Program program(Step step) {
    return program(Structure.of(step), step);
  }

  private synchronized Program program(Structure.Traced traced, Step step) {
    Program program = programs.get(traced.structure());
    if (program == null) {
      warn(traced.order().size());
      long begin = System.nanoTime();
      program = Program.compile(traced, step, backend);
      long end = System.nanoTime();
      profile.ifPresent(now -> now.compiled(begin, end));
      programs.put(traced.structure(), program);
      compiled++;
    }
    return program;
  }

  private static void warn(int nodes) {
    if (nodes <= MANY_NODES) {
      return;
    }
    String message =
        "the graph has %,d nodes: most likely values are added up over many steps without being read; read them with item() as you go"
            .formatted(nodes);
    if (nodes > TOO_MANY_NODES) {
      throw new MerapiException(message);
    }
    LOG.log(System.Logger.Level.WARNING, message);
  }

  /** How many programs were compiled so far. */
  public synchronized long compiled() {
    return compiled;
  }

  /**
   * Begins to profile what runs; close it to end that.
   *
   * @throws MerapiException if another profile has not ended
   */
  public synchronized Profile profile() {
    if (profile.isPresent()) {
      throw new MerapiException("a profile of this engine is under way; close it first");
    }
    Profile begun = new Profile(this);
    profile = Optional.of(begun);
    return begun;
  }

  synchronized void endProfile() {
    profile = Optional.empty();
  }
}
