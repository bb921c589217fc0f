"""Makes bleu.json: sacreBLEU's numbers for awkward corpora. Written with sacrebleu 2.6.0."""

import json
import os
import random

from sacrebleu.metrics import BLEU

drawn = random.Random(3)
WORDS = "the a cat dog sat on mat , . 3.5 1,000 well-known 7-up isn't «ja» é 猫 , ; ( ) $5 &amp; x/y".split()


def noisy(line, rate):
    words = line.split()
    return " ".join(w if drawn.random() > rate else drawn.choice(WORDS) for w in words)


def corpus(name, hypotheses, references):
    """references: a list for each hypothesis; they may differ in number"""
    most = max((len(r) for r in references), default=0)
    streams = [[r[i] if i < len(r) else None for r in references] for i in range(most)]
    score = BLEU().corpus_score(hypotheses, streams)
    return {
        "name": name,
        "hypotheses": hypotheses,
        "references": references,
        "score": score.score,
        "precisions": score.precisions,
        "counts": score.counts,
        "totals": score.totals,
        "brevity_penalty": score.bp,
        "length": score.sys_len,
        "reference_length": score.ref_len,
    }


lines = [" ".join(drawn.choice(WORDS) for _ in range(drawn.randint(1, 25))) for _ in range(40)]
cases = [
    corpus("equal", ["The cat sat on the mat."], [["The cat sat on the mat."]]),
    corpus("close", ["The cat sat on a mat."], [["The cat sat on the mat."]]),
    corpus("nothing in common", ["x y z w"], [["a b c d"]]),
    corpus("one word in common", ["x y the w v"], [["a the c d e"]]),
    corpus("no 4-gram in common", ["the cat sat by the mat"], [["the cat sat on a mat"]]),
    corpus("too short for 4-grams", ["the cat"], [["the cat"]]),
    corpus("one word", ["cat"], [["cat"]]),
    corpus("empty hypothesis", [""], [["the cat sat"]]),
    corpus("empty reference", ["the cat sat"], [[""]]),
    corpus("both empty", [""], [[""]]),
    corpus("an empty one among others", ["", "the cat sat on the mat"], [["a dog"], ["the cat sat on the mat"]]),
    corpus("brevity", ["the cat sat on"], [["the cat sat on the mat and slept"]]),
    corpus("longer than the reference", ["the cat sat on the mat and slept"], [["the cat sat on the mat"]]),
    corpus("clipped repetition", ["the the the the the the the"], [["the cat is on the mat"]]),
    corpus("several references", ["the cat sat on the mat", "it is late ."],
           [["a cat sat on the mat", "there is a cat on the mat"], ["it's late .", "late it is ."]]),
    corpus("as many lengths away above and below", ["a b c d e"], [["a b c d", "a b c d e f"]]),
    corpus("different numbers of references", ["the cat sat on the mat", "it is late now ."],
           [["a cat sat on the mat", "there is a cat on the mat", "the cat sat"], ["it is late now !"]]),
    corpus("case counts", ["The Cat Sat On The Mat"], [["the cat sat on the mat"]]),
    corpus("entities", ["&quot;a&quot; &amp; &lt;b&gt; &amp;lt; c"], [["\"a\" & <b> &lt; c"]]),
    corpus("skipped and line ends", ["a <skipped> b-\nc d\ne f \n"], [["a b c d e f"]]),
    corpus("numbers", ["1,000.5 and 1 , 000 . 5 and 3.14, 2-3 a-4 5- .5 6. 7,x y,8"],
           [["1,000.5 and 1,000.5 and 3.14 , 2 - 3 a-4 5 - .5 6 . 7 , x y , 8"]]),
    corpus("marks in rows", ["a..b,,c !!! ... --- [x]{y}(z) @#$%^*_+=|\\~`<>/?:;\"'"],
           [["a . . b , , c ! ! ! . . . --- [ x ] { y } ( z ) @ # $ % ^ * _ + = | \\ ~ ` < > / ? : ; \" '"]]),
    corpus("other scripts", ["Él dijo: «¿qué?», naïve 東京。 Привет, мир… ١٢٣.٤ 😀.😀"],
           [["Él dijo : «¿qué?» , naïve 東京。 Привет , мир… ١٢٣.٤ 😀 . 😀"]]),
    corpus("spaces of all kinds", ["a\u00a0b\u2003c\u3000d\te\u200bf\u0085g\u001fh"], [["a b c d e\u200bf g h"]]),
    corpus("only marks", ["., ,. .5, 5,."], [[", . 5 , 5"]]),
]
for i, rate in enumerate((0.05, 0.2, 0.5, 0.9)):
    cases.append(corpus(f"random {i}", [noisy(line, rate) for line in lines], [[line, noisy(line, 0.3)] for line in lines]))

here = os.path.dirname(__file__)
with open(os.path.join(here, "bleu.json"), "w", encoding="utf-8") as f:
    json.dump(cases, f, indent=1, ensure_ascii=True)
    f.write("\n")
