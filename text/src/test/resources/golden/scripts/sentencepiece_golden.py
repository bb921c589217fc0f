"""What SentencePiece's own library makes of the strings of tokenizers_golden.py.

    MERAPI_DATA=… python sentencepiece_golden.py

writes, into the folder above, own/spm-NAME.model.gz (models trained here) and for each model spm-NAME.golden: for every
string two CRC-32s, big-endian: of its ids, and of what they decode to. Made with sentencepiece 0.2.2.
"""

import gzip
import io
import json
import os
import pathlib
import re
import struct
import tempfile
import zlib

import sentencepiece

HERE = pathlib.Path(__file__).parent.parent
DATA = pathlib.Path(os.environ["MERAPI_DATA"]) / "tokenizers"


def clean(string):
    return re.sub("[\ud800-\udfff]", "\ufffd", string.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))


STRINGS = [clean(string) for string in json.loads(gzip.open(HERE / "strings.json.gz").read())]


def golden(name, model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    lines = []
    for string in STRINGS:
        ids = processor.encode(string)
        lines.append((" ".join(map(str, ids)), processor.decode(ids)))
    (HERE / f"spm-{name}.golden").write_bytes(b"".join(struct.pack(">2I", *(zlib.crc32(part.encode()) for part in line)) for line in lines))
    if os.environ.get("FULL"):
        with gzip.open(pathlib.Path(os.environ["FULL"]) / f"spm-{name}.json.gz", "wt") as file:
            file.write("\n".join(json.dumps(line) for line in lines))


def own(name, **options):
    out = io.BytesIO()
    words = [string for string in STRINGS if string.isascii() and "\0" not in string]
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(words), model_writer=out, num_threads=1, minloglevel=2, **options)
    with gzip.GzipFile(HERE / "own" / f"spm-{name}.model.gz", "wb", mtime=0) as file:
        file.write(out.getvalue())
    golden(name, out.getvalue())


with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
    # ﬁ to fi, e and acute to é, full-width A to A, a no-break space to a space, a zero-width space to nothing
    rules.write("FB01\t66 69\n65 301\tE9\nFF21\t41\nA0\t20\n200B\t\n2026\t2E 2E 2E\n")
    rules.flush()
    own("unigram", model_type="unigram", vocab_size=400, normalization_rule_tsv=rules.name, user_defined_symbols=["<sep>", "the", "=="])
own("bpe", model_type="bpe", vocab_size=600, byte_fallback=True, normalization_rule_name="identity", user_defined_symbols=["<sep>", "ab"], remove_extra_whitespaces=False)
own("suffix", model_type="unigram", vocab_size=360, normalization_rule_name="identity", treat_whitespace_as_suffix=True)
own("no-prefix", model_type="bpe", vocab_size=360, normalization_rule_name="identity", add_dummy_prefix=False)
golden("m", (DATA / "spm/m.model").read_bytes())
golden("example", (DATA / "spm/spm_example.model").read_bytes())
golden("t5", (DATA / "spm/t5_tokenizer_base.model").read_bytes())
golden("llama2", (DATA / "llama2/tokenizer.model").read_bytes())
