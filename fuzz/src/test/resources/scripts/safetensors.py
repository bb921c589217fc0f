"""Makes the seeds of the safetensors fuzzer: files by the published rules, and files that break one rule each."""

import json
import os
import struct

folder = os.path.join(os.path.dirname(__file__), "../dev/merapi/fuzz/ParsersFuzzTestInputs/safetensors")


def write(name, header, body=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    with open(os.path.join(folder, name), "wb") as file:
        file.write(struct.pack("<Q", len(text) if length is None else length) + text + body)


def tensor(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


two = {"a": tensor("F32", [2, 3], 0, 24), "b": tensor("BF16", [4], 24, 32)}
write("two", two, bytes(32))
write("metadata", {"__metadata__": {"format": "pt"}, **two}, bytes(32))
write("padded", json.dumps(two).encode() + b"   ", bytes(32))
write("types", {t: tensor(t, [1], 8 * i, 8 * i + 8) for i, t in enumerate(("F64", "I64", "U64"))}, bytes(24))
write("scalar-and-nothing", {"s": tensor("I32", [], 0, 4), "n": tensor("F32", [0, 5], 4, 4)}, bytes(4))
write("empty", {})
write("hole", {"a": tensor("U8", [2], 0, 2), "b": tensor("U8", [2], 3, 5)}, bytes(5))
write("overlap", {"a": tensor("U8", [4], 0, 4), "b": tensor("U8", [4], 2, 6)}, bytes(6))
write("short-body", two, bytes(31))
write("long-body", two, bytes(40))
write("overflow", {"a": tensor("F32", [2**62, 4], 0, 16)}, bytes(16))
write("negative", {"a": tensor("F32", [-1], 0, 4)}, bytes(4))
write("twice", b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', b"x")
write("unknown-type", {"a": tensor("F3", [1], 0, 1)}, bytes(1))
write("not-json", b"{'a'", bytes(4))
write("not-utf8", b'{"\xff":1}', bytes(4))
write("nested", b"[" * 300 + b"]" * 300)
write("header-too-large", b"{}", length=1 << 40)
write("header-too-long", b"{}", length=100)
