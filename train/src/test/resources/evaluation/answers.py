"""Makes answers.json: exact match and F1 of awkward answers, as the published scorer of SQuAD 2.0 counts them.

The functions from normalize_answer to score are those of the official evaluate-v2.0.py (Rajpurkar et al., 2018).

    python answers.py         # needs nothing but Python 3
"""

import collections
import json
import os
import re
import string


def normalize_answer(s):
    """Lower text and remove punctuation, articles and extra whitespace."""

    def remove_articles(text):
        regex = re.compile(r"\b(a|an|the)\b", re.UNICODE)
        return re.sub(regex, " ", text)

    def white_space_fix(text):
        return " ".join(text.split())

    def remove_punc(text):
        exclude = set(string.punctuation)
        return "".join(ch for ch in text if ch not in exclude)

    def lower(text):
        return text.lower()

    return white_space_fix(remove_articles(remove_punc(lower(s))))


def get_tokens(s):
    if not s:
        return []
    return normalize_answer(s).split()


def compute_exact(a_gold, a_pred):
    return int(normalize_answer(a_gold) == normalize_answer(a_pred))


def compute_f1(a_gold, a_pred):
    gold_toks = get_tokens(a_gold)
    pred_toks = get_tokens(a_pred)
    common = collections.Counter(gold_toks) & collections.Counter(pred_toks)
    num_same = sum(common.values())
    if len(gold_toks) == 0 or len(pred_toks) == 0:
        # If either is no-answer, then F1 is 1 if they agree, 0 otherwise
        return int(gold_toks == pred_toks)
    if num_same == 0:
        return 0
    precision = 1.0 * num_same / len(pred_toks)
    recall = 1.0 * num_same / len(gold_toks)
    f1 = (2 * precision * recall) / (precision + recall)
    return f1


def score(answers, a_pred):
    gold_answers = [a for a in answers if normalize_answer(a)]
    if not gold_answers:
        # For unanswerable questions, only correct answer is empty string
        gold_answers = [""]
    return max(compute_exact(a, a_pred) for a in gold_answers), max(compute_f1(a, a_pred) for a in gold_answers)


CASES = [
    ("308", ["308"]),
    ("The Panthers.", ["panthers"]),
    ("a an the", ["the"]),
    ("the", ["The Who"]),
    ("The Who", ["Who"]),
    ("", []),
    ("something", []),
    ("", ["something"]),
    ("!?", []),
    ("--", ["the"]),
    ("U.S.A.", ["USA"]),
    ("U. S. A.", ["USA"]),
    ("A.D. 1066", ["AD 1066", "1066"]),
    ("1,000", ["1000"]),
    ("well-known", ["wellknown", "well known"]),
    ("cat cat cat dog", ["cat dog dog"]),
    ("the theatre of a man", ["theatre of an man"]),
    ("anthem a-the", ["anthem"]),
    ("the_a", ["thea"]),
    ("  many\t\n spaces\u00a0here\u3000now ", ["many spaces here now"]),
    ("line\u2028end", ["line end"]),
    ("unit\x1fseparator", ["unit separator"]),
    ("zero\u200bwidth", ["zero width"]),
    ("\u00c9COLE", ["\u00e9cole"]),
    ("e\u0301cole", ["\u00e9cole"]),
    ("the\u0301", ["\u0301"]),
    ("\u0391\u03a3", ["\u03b1\u03c2"]),
    ("\u0130stanbul", ["istanbul"]),
    ("stra\u00dfe", ["STRASSE"]),
    ("\u201cquoted\u201d", ["quoted"]),
    ("it\u2019s", ["its"]),
    ("it's", ["its"]),
    ("$5 million", ["5 million", "5"]),
    ("\u20ac5", ["5"]),
    ("A\u00a0B", ["b"]),
    ("\u00bda", ["a \u00bd"]),
    ("5a", ["5 a"]),
    ("\u4e2da\u4e2d", ["\u4e2d \u4e2d"]),
    ("\u7b54\u6848", ["\u7b54\u6848\u3002"]),
    ("\U0001d400 the", ["\U0001d400"]),
    ("\u0660the", ["\u0660"]),
    ("Denver Broncos", ["Broncos", "Denver", "The Denver Broncos!"]),
    ("in the year of 1939", ["1939", "in 1939", "September 1, 1939"]),
]

HERE = os.path.dirname(os.path.abspath(__file__))
rows = []
for said, references in CASES:
    exact, f1 = score(references, said)
    rows.append({"said": said, "references": references, "words": get_tokens(said), "exact": exact, "f1": f1})
with open(os.path.join(HERE, "answers.json"), "w", encoding="utf-8") as file:
    file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
