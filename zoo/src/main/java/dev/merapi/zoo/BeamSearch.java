package dev.merapi.zoo;

import dev.merapi.tensor.MerapiException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Likely texts, by looking some ways ahead at once (beam search; Graves, 2012, as transformers has
 * it). A text's score is {@code Σ log p(token) / length^lengthPenalty}, over the tokens behind the
 * prompt, with the one that ends it.
 *
 * {@snippet :
 * var search = BeamSearch.of(5, 64).ends(Set.of(2)).lengthPenalty(0.8);
 * var best = search.write(TokenReader.of(model, 128), prompts).getFirst().getFirst();
 * }
 *
 * <p>Each step reads one token of each of the most likely beginnings, all by one program. A search
 * is over when as many texts have ended as there are beams, and the most likely beginning has no
 * better score as it stands than the worst of them; then, or where no more tokens are wanted, the
 * best of what ended is what was found. Texts that have not ended by then count as they are.
 *
 * @param beams how many beginnings it follows
 * @param tokens how many it writes behind a prompt at most, the end included
 * @param lengthPenalty above 0 it prefers longer texts, below 0 shorter ones, as scores are below
 *     0; 1 compares means
 * @param ends tokens that end a text
 * @param allowed which tokens may follow, where not all may, and where none does the text has
 *     ended; the others' chances are nobody's, so that scores are the model's own
 */
public record BeamSearch(
    int beams, int tokens, double lengthPenalty, Set<Integer> ends, Optional<Allowed> allowed) {
  public BeamSearch {
    if (beams < 1 || tokens < 1) {
      throw new MerapiException(
          "BeamSearch: %d beams, %d tokens; give at least 1 of each".formatted(beams, tokens));
    }
    if (!Double.isFinite(lengthPenalty)) {
      throw new MerapiException(
          "BeamSearch: a length penalty of %s; give a number: 1 compares means"
              .formatted(lengthPenalty));
    }
    ends = Set.copyOf(ends);
  }

  /**
   * A text that was found.
   *
   * @param tokens those behind the prompt, with the one that ended it, if any did
   * @param score how likely it is; see above
   */
  public record Found(List<Integer> tokens, double score) {
    public Found {
      tokens = List.copyOf(tokens);
    }
  }

  /** A length penalty of 1, and no token that ends a text. */
  public static BeamSearch of(int beams, int tokens) {
    return new BeamSearch(beams, tokens, 1, Set.of(), Optional.empty());
  }

  /** With another length penalty. */
  public BeamSearch lengthPenalty(double penalty) {
    return new BeamSearch(beams, tokens, penalty, ends, allowed);
  }

  /** With tokens that end a text. */
  public BeamSearch ends(Set<Integer> tokens) {
    return new BeamSearch(beams, this.tokens, lengthPenalty, tokens, allowed);
  }

  /** With some tokens alone. */
  public BeamSearch allowed(Allowed tokens) {
    return new BeamSearch(beams, this.tokens, lengthPenalty, ends, Optional.of(tokens));
  }

  /**
   * The best texts behind each prompt, at most as many as there are beams, the best one first.
   *
   * @param reader has read nothing of these prompts
   * @param prompts (batch, time), all of one length of at least 1
   * @return for each prompt; a list has fewer where no more texts were allowed
   */
  public List<List<Found>> write(TokenReader reader, int[][] prompts) {
    var searches = Arrays.stream(prompts).map(_ -> new Progress()).toList();
    float[][] logits = reader.read(prompts);
    int[] rows = new int[prompts.length * beams]; // at first, all beams of a prompt are its own
    Arrays.setAll(rows, row -> row / beams);
    for (int step = 0; ; step++) {
      int each = step == 0 ? 1 : beams;
      for (int i = 0; i < prompts.length; i++) {
        searches.get(i).advance(Arrays.copyOfRange(logits, i * each, (i + 1) * each));
      }
      if (searches.stream().noneMatch(Progress::goesOn)) {
        return searches.stream().map(Progress::found).toList();
      }
      for (int row = 0; row < rows.length; row++) {
        int text = row / beams;
        rows[row] = text * each + searches.get(text).beam(row % beams).parent;
      }
      reader.take(rows);
      int[][] next = new int[rows.length][];
      Arrays.setAll(next, r -> new int[] {searches.get(r / beams).beam(r % beams).last()});
      logits = reader.read(next);
    }
  }

  /** The beginning of a text. */
  private record Beam(List<Integer> tokens, double score, int parent) {
    /** What is read next; a search that is over reads something, too. */
    int last() {
      return tokens.isEmpty() ? 0 : tokens.getLast();
    }
  }

  /** One more token behind a beam. */
  private record Step(int beam, int token, double score) {}

  /** The search for one prompt. */
  private final class Progress {
    private List<Beam> beams = List.of(new Beam(List.of(), 0, 0));
    private List<Found> found = List.of();
    private boolean goesOn = true;

    boolean goesOn() {
      return goesOn;
    }

    List<Found> found() {
      return found;
    }

    /** A beam; where fewer are left, the first one stands for those that are not. */
    Beam beam(int number) {
      return beams.get(number < beams.size() ? number : 0);
    }

    /** Goes one token on, by the logits behind each beam. */
    void advance(float[][] logits) {
      if (!goesOn) {
        return;
      }
      int length = beams.getFirst().tokens.size() + 1;
      double scale = Math.pow(length, lengthPenalty);
      List<Step> steps = best(logits);
      List<Beam> next = new ArrayList<>();
      List<Found> all = new ArrayList<>(found);
      for (int rank = 0; rank < steps.size(); rank++) {
        Step step = steps.get(rank);
        List<Integer> grown = grown(step);
        if (length == tokens || ends.contains(step.token) || isOver(grown)) {
          if (rank < beams()) {
            all.add(new Found(grown, step.score / scale));
          }
        } else if (next.size() < beams()) {
          next.add(new Beam(grown, step.score, step.beam));
        }
      }
      found =
          all.stream()
              .sorted((a, b) -> Double.compare(b.score, a.score)) // stable: the older one first
              .limit(beams())
              .toList();
      goesOn = !next.isEmpty() && canImprove(next.getFirst().score / scale);
      beams = next.isEmpty() ? beams : next;
    }

    private boolean isOver(List<Integer> text) {
      return allowed.isPresent() && allowed.get().next(ids(text)).isEmpty();
    }

    private boolean canImprove(double score) {
      return found.size() < beams() || score > found.getLast().score;
    }

    private int beams() {
      return BeamSearch.this.beams;
    }

    private List<Integer> grown(Step step) {
      List<Integer> grown = new ArrayList<>(beams.get(step.beam).tokens);
      grown.add(step.token);
      return grown;
    }

    private static int[] ids(List<Integer> text) {
      return text.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The best steps of all beams: enough for as many beams even if all their ends are among. */
    private List<Step> best(float[][] logits) {
      int count = Math.max(2, 1 + ends.size()) * beams();
      return IntStream.range(0, Math.min(logits.length, beams.size()))
          .boxed()
          .flatMap(beam -> best(beam, logits[beam], count))
          .sorted((a, b) -> Double.compare(b.score, a.score))
          .limit(count)
          .toList();
    }

    private Stream<Step> best(int beam, float[] logits, int count) {
      int[] written = ids(beams.get(beam).tokens);
      double before = beams.get(beam).score - logOfSum(logits);
      IntStream all =
          allowed
              .map(each -> each.next(written).stream())
              .orElseGet(() -> IntStream.range(0, logits.length));
      return largest(logits, all, count)
          .map(token -> new Step(beam, token, before + logits[token]));
    }

    /** The tokens with the largest logits; of equal ones the first. */
    private static Stream<Integer> largest(float[] logits, IntStream tokens, int count) {
      Comparator<Integer> worse = Comparator.comparingDouble(token -> logits[token]);
      var best = new PriorityQueue<Integer>(worse.thenComparing(Comparator.reverseOrder()));
      tokens
          .filter(token -> logits[token] > Double.NEGATIVE_INFINITY)
          .forEach(
              token -> {
                if (best.size() < count) {
                  best.add(token);
                } else if (logits[token] > logits[best.element()]) {
                  best.remove();
                  best.add(token);
                }
              });
      return best.stream().sorted(); // equal scores keep the order of the tokens
    }

    private static double logOfSum(float[] logits) {
      double most = Double.NEGATIVE_INFINITY;
      for (float logit : logits) {
        most = Math.max(most, logit);
      }
      double sum = 0;
      for (float logit : logits) {
        sum += Math.exp(logit - most);
      }
      return most + Math.log(sum);
    }
  }
}
