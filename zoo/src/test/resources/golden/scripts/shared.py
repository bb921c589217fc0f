"""Finds golden.py, which lies with the scripts of the core module."""

import os
import sys

sys.dont_write_bytecode = True
root = os.path.abspath(__file__)
for _ in range(7):
    root = os.path.dirname(root)
sys.path.insert(0, os.path.join(root, "core/src/test/resources/golden/scripts"))

from golden import Draw, Family, f32  # noqa: E402, F401
