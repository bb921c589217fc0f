package dev.merapi.hub;

import dev.merapi.data.DataException;
import dev.merapi.hub.JsonRows.Unfit;
import dev.merapi.table.BadRows;
import dev.merapi.text.Question;
import dev.merapi.text.Question.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Questions in the form of SQuAD (Rajpurkar et al., 2016 and 2018), gzipped or not: {@code {"data":
 * [{"paragraphs": [{"context": …, "qas": [{"id": …, "question": …, "answers": [{"text": …,
 * "answer_start": …}]}]}]}]}}. {@code "is_impossible": true}, or a list of no answers, says that
 * the context does not answer a question. Places are counted in code points, as Python counts them.
 */
public final class SquadFile {
  private SquadFile() {}

  /**
   * Reads a file.
   *
   * @throws DataException if it cannot be read, holds no question, or one is wrong and is not to be
   *     left out: the message names the line where its article begins, and the question
   */
  public static List<Question> read(Path file, BadRows bad) {
    List<Question> questions = new ArrayList<>();
    JsonRows.read(
        file,
        "data",
        (line, article) -> {
          try {
            for (JsonNode paragraph : JsonRows.list(article, "paragraphs")) {
              paragraph(file, line, paragraph, bad, questions);
            }
          } catch (Unfit e) {
            bad.add(file.toString(), line, e.getMessage());
          }
        });
    if (questions.isEmpty()) {
      throw DataException.of(
          file, "there is no question in it that can be used", "give a file in the form of SQuAD");
    }
    return questions;
  }

  private static void paragraph(
      Path file, long line, JsonNode paragraph, BadRows bad, List<Question> questions)
      throws Unfit {
    String context = JsonRows.text(paragraph, "context");
    for (JsonNode asked : JsonRows.list(paragraph, "qas")) {
      try {
        questions.add(question(asked, context));
      } catch (Unfit e) {
        String id = asked.path("id").asString("");
        bad.add(file.toString(), line, "question `%s`: %s".formatted(id, e.getMessage()));
      }
    }
  }

  private static Question question(JsonNode asked, String context) throws Unfit {
    List<Answer> answers = new ArrayList<>();
    if (!asked.path("is_impossible").asBoolean(false)) {
      for (JsonNode answer : JsonRows.list(asked, "answers")) {
        answers.add(answer(answer, context));
      }
    }
    return new Question(
        JsonRows.text(asked, "id"), JsonRows.text(asked, "question"), context, answers);
  }

  private static Answer answer(JsonNode answer, String context) throws Unfit {
    String text = JsonRows.text(answer, "text");
    JsonNode place = answer.path("answer_start");
    if (text.isBlank() || !place.isInt()) {
      throw new Unfit("an answer has to have a `text`, and a whole number as `answer_start`");
    }
    int point = place.intValue();
    boolean inside = point >= 0 && point <= context.codePointCount(0, context.length());
    int start = inside ? context.offsetByCodePoints(0, point) : 0;
    if (!inside || !context.startsWith(text, start)) {
      throw new Unfit(
          "its answer `%s` does not stand at character %d of its context".formatted(text, point));
    }
    return new Answer(text, start);
  }
}
