package dev.merapi.grammar;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.automaton.Automaton;

/** Objects with members in an order, some of which may be left out. */
final class Members {
  private Members() {}

  /**
   * The objects.
   *
   * @param members each with its name and colon
   * @param required the names of those that may not be left out
   */
  static Automaton object(Map<String, Automaton> members, Collection<String> required) {
    List<String> names = new ArrayList<>(members.keySet());
    var all = new Automaton.Builder();
    int start = all.createState();
    int[] first = new int[names.size() + 1]; // before a member, where none was written
    int[] later = new int[names.size() + 1]; // before a member, where some were
    int end = all.createState();
    all.setAccept(end, true);
    for (int i = names.size(); i >= 0; i--) { // what an epsilon leads to must be done already
      first[i] = all.createState();
      later[i] = all.createState();
      if (i == names.size()) {
        all.addTransition(first[i], end, '}');
        all.addTransition(later[i], end, '}');
        continue;
      }
      Automaton member = members.get(names.get(i));
      int behind = insert(all, member, later[i + 1]);
      all.addEpsilon(first[i], behind);
      // The comma leads to the member with or without a space before it.
      int comma = all.createState();
      all.addEpsilon(comma, behind);
      all.addTransition(comma, behind, ' ');
      all.addTransition(later[i], comma, ',');
      if (!required.contains(names.get(i))) {
        all.addEpsilon(first[i], first[i + 1]);
        all.addEpsilon(later[i], later[i + 1]);
      }
    }
    all.addTransition(start, first[0], '{');
    return Automatons.plain(all.finish());
  }

  /** Puts a part in, whose ends lead on to a state, and tells where it begins. */
  private static int insert(Automaton.Builder all, Automaton part, int next) {
    int from = all.getNumStates();
    BitSet ends = part.getAcceptStates();
    all.copy(part);
    ends.stream()
        .forEach(
            state -> {
              all.setAccept(from + state, false);
              all.addEpsilon(from + state, next);
            });
    return from;
  }
}
