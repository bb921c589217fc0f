"""Awkward strings, small tokenizers of every kind, and what Hugging Face's library makes of the strings.

    MERAPI_DATA=… python tokenizers_golden.py

writes, into the folder above, strings.json.gz, own/NAME.json.gz (tokenizers trained here), and for each tokenizer
NAME.golden: for every string three CRC-32s, big-endian: of its ids, of the offsets with special tokens, of what the ids
decode to. Made with tokenizers 0.23.2. Offsets are counted in UTF-16, as Java counts. With FULL=FOLDER it also
writes what was hashed there, as JSON lines. The library's trainers give other vocabularies each time.
"""

import gzip
import json
import os
import pathlib
import random
import re
import struct
import unicodedata
import zlib

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent.parent
DATA = pathlib.Path(os.environ["MERAPI_DATA"]) / "tokenizers"
random.seed(20261128)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.GzipFile(path, "wb", mtime=0) as file:
        file.write(text.encode())


WORDS = """the of and to in is that it was for on are as with his they at be this from have or by one had not but what
all were when we there can an your which their said if do will each about how up out them then she many some so these
would other into has more her two like him see time could no make than first been its who now people my made over did
down only way find use may water long little very after words called just where most know don't I'm we've they'll he'd
It's THE Cannot naïve façade Übergröße œuvre coöperate Zürich élève Ångström 3.14 1,234,567.89 0xDEADBEEF 1e-5 42nd
http://example.com/a?b=c&d=e#f user@example.org snake_case camelCase kebab-case C++ C# e.g. U.S.A. ... — – … “quoted” ‘it’s’""".split()
CHINESE = "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生，。！？、；：“”（）《》"
JAPANESE = "こんにちは世界カタカナｶﾞﾊﾟひらがなー々〆〤"
KOREAN = "안녕하세요 세계 한국어 가힣\u1112\u1161\u11ab"
ARABIC = "مرحبا بالعالم العَرَبِيَّة ١٢٣ لا إله ﷺ ﻻ"
HEBREW = "שלום עולם בְּרֵאשִׁית"
HINDI = "नमस्ते दुनिया क्षत्रिय हिन्दी १२३"
THAI = "สวัสดีชาวโลก กำลัง น้ำ"
EMOJI = ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷", "❤️", "1️⃣", "☃", "🤷🏾‍♀️", "©️", "\U0001f9d1\u200d\U0001f4bb", "🫠"]
COMBINING = ["e\u0301", "a\u0308\u0323", "Z\u0351\u036b\u0343", "o\u0328\u0304", "\u0301x", "A\u030a", "q\u0307\u0323", "ﬁ", "Ⅷ", "²", "½", "①", "㍿", "ﷺ", "Å", "K", "ſt", "ß", "ẞ", "İ", "ı", "ǅ", "Σς"]
CONTROL = ["\0", "\x01", "\x07", "\t", "\n", "\r", "\r\n", "\x0b", "\x0c", "\x1b[0m", "\x7f", "\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202e", "\u200b", "\u200d", "\u2060", "\ufeff", "\u3000", "\ufffd", "\ue000", "\U000f0000", "\u00ad", "\u180e"]
CODE = ["def f(x):\n    return x ** 2  # square\n", "for (int i = 0; i < n; i++) {\n\t\ta[i] += b[i];\r\n}", "SELECT * FROM t WHERE a = 'b''c';",
        "<div class=\"a\">&nbsp;</div>", "if(a&&b||!c){d=e?f:g;}", "λx.x → ∀∃∈ℝ ≠ ≤ ∑", "\\frac{a}{b} $x^2$", "a\\nb\\tc", "'''doc''' \"\"\"s\"\"\"", "x=[1,2,3][::-1]", "#!/bin/sh\nset -eu\n"]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "<s>", "</s>", "<unk>", "<pad>", "<mask>", "<sep>", "[mask]", "<|endoftext|", "_<mask>_", "<Word>", "<word>x"]
SPACES = ["  ", "   ", "\n\n", " \n", "\t\t ", "    \n    ", "\u00a0 ", " \u3000 "]


def from_ranges():
    low, high = random.choice([(0, 0x7f), (0x80, 0x24f), (0x250, 0x36f), (0x370, 0x5ff), (0x600, 0xdff), (0x1100, 0x1fff), (0x2000, 0x2bff),
                               (0x3000, 0x33ff), (0x4e00, 0x9fff), (0xac00, 0xd7a3), (0xf900, 0xffef), (0x1d400, 0x1d7ff), (0x1f300, 0x1faff), (0x20000, 0x2a6df)])
    while True:
        c = chr(random.randint(low, high))
        # The library's tables of marks and punctuation are of Unicode 8 or so, and know no later ones.
        if unicodedata.ucd_3_2_0.category(c) != "Cn" or ord(c) >= 0x1f300:
            return c


def run(letters):
    return "".join(random.choice(letters) for _ in range(random.randint(1, 12)))


KINDS = [lambda: random.choice(WORDS), lambda: random.choice(WORDS), lambda: random.choice(WORDS), lambda: run(CHINESE), lambda: run(JAPANESE), lambda: run(KOREAN),
         lambda: run(ARABIC), lambda: run(HEBREW), lambda: run(HINDI), lambda: run(THAI), lambda: random.choice(EMOJI), lambda: random.choice(COMBINING),
         lambda: random.choice(CONTROL), lambda: random.choice(CODE), lambda: random.choice(SPECIAL), from_ranges, lambda: "".join(from_ranges() for _ in range(3)),
         lambda: run("0123456789"), lambda: run(".,;:!?'\"()-/*"), lambda: run("ab"), lambda: random.choice(WORDS).upper()]


def text():
    parts = []
    for _ in range(random.randint(1, 10)):
        parts.append(random.choice(KINDS)())
        if random.random() < 0.6:
            parts.append(" " if random.random() < 0.8 else random.choice(SPACES))
    return "".join(parts)


STRINGS = ["", " ", "  ", "\n", "a", " a", "a ", "  a  ", "'", "'s", "'S 'T 'LL 'ſ", "\ud83d", "a\ude00b", "\ud83d\ud83d\ude00", "\ufffd"]
STRINGS += WORDS + EMOJI + COMBINING + CONTROL + CODE + SPECIAL + [ARABIC, HEBREW, HINDI, THAI, KOREAN, JAPANESE, CHINESE]
STRINGS += ["a" * 500, "ab" * 400, "0123456789" * 30, "字" * 300, "😀" * 100, " " * 300, "\n" * 99, "e\u0301" * 120, "x" * 101, "y" * 100, "." * 200, "<s>" * 40]
while len(STRINGS) < 2400:
    STRINGS.append(text())


def clean(string):
    """What a lone surrogate is read as."""
    return re.sub("[\ud800-\udfff]", "\ufffd", string.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))


CLEAN = [clean(string) for string in STRINGS]


def crc(value):
    return zlib.crc32(value.encode("utf-8"))


def golden(name, tokenizer):
    lines = []
    for string in CLEAN:
        at = [0]
        for c in string:
            at.append(at[-1] + (2 if ord(c) > 0xffff else 1))
        plain = tokenizer.encode(string, add_special_tokens=False)
        special = tokenizer.encode(string, add_special_tokens=True)
        offsets = " ".join(f"{i}:{at[a]}-{at[b]}" for i, (a, b) in zip(special.ids, special.offsets))
        lines.append((" ".join(map(str, plain.ids)), offsets, tokenizer.decode(plain.ids, skip_special_tokens=False)))
    (HERE / f"{name}.golden").write_bytes(b"".join(struct.pack(">3I", *map(crc, line)) for line in lines))
    if os.environ.get("FULL"):
        write(pathlib.Path(os.environ["FULL"]) / f"{name}.json.gz", "\n".join(json.dumps(line) for line in lines))


def own(name, tokenizer, trainer=None):
    if trainer:
        tokenizer.train_from_iterator(CLEAN, trainer)
    write(HERE / "own" / f"{name}.json.gz", tokenizer.to_str())
    golden(name, tokenizer)


def bert(name, file, lowercase):
    vocabulary = {line.rstrip("\n"): i for i, line in enumerate(open(file, encoding="utf-8"))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens([token for token in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] if token in vocabulary])
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"]))
    tokenizer.decoder = decoders.WordPiece("##")
    golden(name, tokenizer)


def published():
    merges = [tuple(line.split()) for line in open(DATA / "gpt2/vocab.bpe", encoding="utf-8").read().split("\n")[1:] if line]
    gpt2 = Tokenizer(models.BPE(json.load(open(DATA / "gpt2/encoder.json", encoding="utf-8")), merges))
    gpt2.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    gpt2.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False)
    gpt2.decoder = decoders.ByteLevel()
    gpt2.add_special_tokens(["<|endoftext|>"])
    golden("gpt2", gpt2)
    bert("bert-base-uncased", DATA / "bert-base-uncased/vocab.txt", True)
    bert("bert-base-cased", DATA / "bert-base-cased/vocab.txt", False)
    bert("bert-base-chinese", DATA / "bert-base-chinese/vocab.txt", True)
    golden("tiny_bpe", Tokenizer.from_file(str(DATA / "hf-json/tiny_bpe/tokenizer.json")))
    golden("torchtune", Tokenizer.from_file(str(DATA / "hf-json/torchtune/tokenizer.json")))
    golden("tinybert", Tokenizer.from_file(str(DATA / "hf-json/tinybert-tokenizer.json")))


def trained():
    ascii_only = [s for s in CLEAN if s.isascii()]
    level = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    level.normalizer = normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()])
    level.pre_tokenizer = pre_tokenizers.Whitespace()
    own("word-level", level, trainers.WordLevelTrainer(vocab_size=400, special_tokens=["[UNK]", "[CLS]", "[SEP]"]))

    unigram = Tokenizer(models.Unigram())
    unigram.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()])
    unigram.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    unigram.decoder = decoders.Metaspace(prepend_scheme="always")
    unigram.train_from_iterator(ascii_only, trainers.UnigramTrainer(vocab_size=600, unk_token="<unk>", special_tokens=["<pad>", "</s>", "<unk>"]))
    unigram.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B:1 </s>:1", special_tokens=[("</s>", 1)])
    own("unigram", unigram)

    llama = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    llama.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    llama.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    llama.train_from_iterator(ascii_only, trainers.BpeTrainer(vocab_size=700, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]))
    llama = json.loads(llama.to_str())
    llama["added_tokens"] = llama["added_tokens"][:3]
    llama = Tokenizer.from_str(json.dumps(llama))
    llama.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    own("llama-style", llama)

    clip = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    clip.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    clip.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", invert=True)])
    clip.decoder = decoders.BPEDecoder()
    clip.train_from_iterator(ascii_only, trainers.BpeTrainer(vocab_size=500, special_tokens=["<unk>", "<s>", "</s>"], end_of_word_suffix="</w>"))
    clip.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 1), trim_offsets=True, add_prefix_space=False)
    own("clip-style", clip)

    roberta = Tokenizer(models.BPE())
    roberta.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    roberta.decoder = decoders.ByteLevel()
    roberta.train_from_iterator(CLEAN, trainers.BpeTrainer(vocab_size=800, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    roberta.add_special_tokens([AddedToken("<mask>", lstrip=True), AddedToken("<sep>", lstrip=True, rstrip=True)])
    roberta.add_tokens([AddedToken("<word>", single_word=True, normalized=False), AddedToken("time", single_word=True), AddedToken("wat", normalized=True)])
    roberta.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    own("roberta-style", roberta)

    pieces = Tokenizer(models.WordPiece(unk_token="[UNK]", continuing_subword_prefix="@@", max_input_chars_per_word=20))
    pieces.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFD(), normalizers.Strip(right=False)])
    pieces.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Punctuation("merged_with_previous"), pre_tokenizers.CharDelimiterSplit("_")])
    pieces.decoder = decoders.WordPiece("@@", cleanup=False)
    pieces.train_from_iterator(CLEAN, trainers.WordPieceTrainer(vocab_size=500, special_tokens=["[UNK]"], continuing_subword_prefix="@@"))
    pieces.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), processors.TemplateProcessing(single="$A [UNK]", pair="$A $B", special_tokens=[("[UNK]", 0)])])
    own("word-piece", pieces)

    cuts = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
    cuts.normalizer = normalizers.NFKC()
    cuts.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split("e", "merged_with_next"), pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.Digits(), pre_tokenizers.Split(Regex("[aou]+"), "merged_with_previous"), pre_tokenizers.Split(" ", "isolated")])
    own("cuts", cuts)

    first = Tokenizer(models.BPE(byte_fallback=True))
    first.normalizer = normalizers.NFKD()
    first.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    first.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="first"), decoders.Fuse()])
    first.train_from_iterator(CLEAN, trainers.BpeTrainer(vocab_size=900, special_tokens=["<s>", "[SEP]"]))
    own("first", first)


write(HERE / "strings.json.gz", json.dumps(STRINGS))
published()
trained()
