"""What tiktoken makes of the strings of tokenizers_golden.py, with ranks that are learned here.

    python tiktoken_golden.py

writes, into the folder above, own/ranks.tiktoken.gz and, for the words of GPT-2 and of cl100k, tiktoken-NAME.golden: for
every string a CRC-32, big-endian, of its ids. Made with tiktoken 0.14.0.
"""

import base64
import collections
import gzip
import json
import pathlib
import re
import struct
import zlib

import tiktoken

HERE = pathlib.Path(__file__).parent.parent
PATTERNS = {
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "cl100k": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}


def clean(string):
    return re.sub("[\ud800-\udfff]", "\ufffd", string.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))


STRINGS = [clean(string) for string in json.loads(gzip.open(HERE / "strings.json.gz").read())]


def learn(size):
    words = [[bytes([b]) for b in word.encode()] for string in STRINGS for word in re.findall(r" ?\S+|\s+", string)]
    ranks = {bytes([b]): b for b in range(256)}
    while len(ranks) < size:
        pairs = collections.Counter(pair for word in words for pair in zip(word, word[1:]))
        left, right = min(pairs, key=lambda pair: (-pairs[pair], pair))
        ranks.setdefault(left + right, len(ranks))
        for word in words:
            i = 0
            while i + 1 < len(word):
                if word[i] == left and word[i + 1] == right:
                    word[i:i + 2] = [left + right]
                i += 1
    return ranks


RANKS = learn(600)
with gzip.GzipFile(HERE / "own/ranks.tiktoken.gz", "wb", mtime=0) as file:
    file.write("".join(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in RANKS.items()).encode())
for name, pattern in PATTERNS.items():
    encoding = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=RANKS, special_tokens={"<|endoftext|>": 600, "<|im_start|>": 601})
    crcs = [zlib.crc32(" ".join(map(str, encoding.encode(string, allowed_special="all"))).encode()) for string in STRINGS]
    (HERE / f"tiktoken-{name}.golden").write_bytes(struct.pack(f">{len(crcs)}I", *crcs))
