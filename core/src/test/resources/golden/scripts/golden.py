"""Writes golden files: cases that PyTorch computed once, kept as JSON. The form is described in ../README.md.

Random numbers are drawn per case, from a generator seeded with the case's name: adding a case changes no other.
Inputs are float32 (three decimals, so that files stay small); everything is computed in float64.
"""

import json
import math
import os
import zlib

import numpy as np
import torch

torch.set_num_threads(1)


class Draw:
    """The random inputs of one case."""

    def __init__(self, seed):
        self.random = np.random.default_rng(zlib.crc32(seed.encode()))

    def normal(self, *shape, scale=1.0, mean=0.0):
        return f32(np.round(self.random.normal(mean, scale, shape), 3))

    def uniform(self, low, high, *shape):
        return f32(np.round(self.random.uniform(low, high, shape), 3))

    def distinct(self, *shape):
        """No two numbers closer than 0.01, in random order, around 0: for max, sort and what else hates ties."""
        count = math.prod(shape)
        steps = self.random.uniform(0.01, 0.1, count).round(3)
        values = np.cumsum(steps) - steps.sum() / 2
        return f32(np.round(self.random.permutation(values), 3).reshape(shape))

    def off_integers(self, low, high, *shape):
        """At least 0.1 away from any integer or half, where floor, round and remainder jump."""
        whole = self.random.integers(low, high, shape)
        part = np.where(
            self.random.random(shape) < 0.5, self.random.uniform(0.1, 0.4, shape), self.random.uniform(0.6, 0.9, shape)
        )
        return f32(np.round(whole + part, 3))

    def sign(self, *shape):
        return f32(self.random.choice([-1.0, 1.0], shape))

    def integers(self, low, high, *shape):
        return torch.tensor(self.random.integers(low, high, shape), dtype=torch.int64)

    def booleans(self, *shape):
        return torch.tensor(self.random.random(shape) < 0.5)

    def permutation(self, count):
        return torch.tensor(self.random.permutation(count), dtype=torch.int64)

    def probabilities(self, *shape, axis=1):
        raw = self.random.uniform(0.05, 1.0, shape)
        return f32(np.round(raw / raw.sum(axis=axis, keepdims=True), 3))


def f32(values):
    return torch.tensor(np.asarray(values, dtype=np.float32))


class Family:
    """One JSON file."""

    def __init__(self, script):
        self.script = os.path.basename(script)
        folder = os.path.dirname(os.path.dirname(os.path.abspath(script)))
        self.path = os.path.join(folder, self.script.replace(".py", ".json"))
        self.cases = []
        self.names = set()

    def draw(self, name):
        return Draw(f"{self.script}/{name}")

    def case(self, name, op, inputs, run, attributes=None, constant=(), dy=True):
        """Records one case.

        run takes the inputs in order (float64 where they are floating) and returns the output "y" or a dict of outputs.
        Outputs that depend on a floating input get a random dy and gradients follow, except for inputs named in constant.
        """
        if name in self.names:
            raise ValueError(f"two cases are called {name}")
        self.names.add(name)
        held = {key: value.double() if value.is_floating_point() else value for key, value in inputs.items()}
        learned = {}
        if dy:
            learned = {k: v.requires_grad_() for k, v in held.items() if v.is_floating_point() and k not in constant}
        outputs = run(*held.values())
        if torch.is_tensor(outputs):
            outputs = {"y": outputs}
        deltas, gradients = {}, {}
        if learned:
            draw = self.draw(name + "/dy")
            deltas = {k: draw.normal(*v.shape) for k, v in outputs.items() if v.requires_grad}
            loss = sum((outputs[k] * delta.double()).sum() for k, delta in deltas.items())
            found = torch.autograd.grad(loss, list(learned.values()))
            gradients = dict(zip(learned, found))
        self.add(name, op, attributes, inputs, outputs, deltas, gradients)

    def add(self, name, op, attributes, inputs, outputs, deltas=None, gradients=None):
        self.cases.append(
            {
                "name": name,
                "op": op,
                "attributes": attributes or {},
                "inputs": {k: tensor(v) for k, v in inputs.items()},
                "outputs": {k: tensor(v) for k, v in outputs.items()},
                "dy": {k: tensor(v) for k, v in (deltas or {}).items()},
                "gradients": {k: tensor(v) for k, v in (gradients or {}).items()},
            }
        )

    def write(self):
        made_by = f"torch {torch.__version__.split('+')[0]}, scripts/{self.script}"
        lines = ",\n".join(text(case) for case in self.cases)
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(f'{{"made_by":{json.dumps(made_by)},"cases":[\n{lines}\n]}}\n')
        print(f"{os.path.basename(self.path)}: {len(self.cases)} cases, {os.path.getsize(self.path) / 1000:.0f} kB")


DTYPES = {torch.float32: "f32", torch.float64: "f32", torch.int64: "i64", torch.int32: "i32", torch.bool: "bool"}


class Numbers(list):
    """The values of a tensor, printed without spaces."""


def tensor(value):
    value = value.detach()
    return {"shape": list(value.shape), "dtype": DTYPES[value.dtype], "values": Numbers(map(number, flat(value)))}


def flat(value):
    if value.dtype == torch.bool:
        return [int(v) for v in value.flatten().tolist()]
    if value.dtype == torch.float32:
        return list(value.flatten().numpy())
    return value.flatten().tolist()


def number(value):
    """Nine significant digits, or what tells one float32 from all others; Java's words for what JSON cannot say."""
    if isinstance(value, (int, np.integer)):
        return str(value)
    if math.isnan(value):
        return '"NaN"'
    if math.isinf(value):
        return '"Infinity"' if value > 0 else '"-Infinity"'
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0"
    if isinstance(value, np.float32):
        digits = np.format_float_positional(value, trim="-") if 1e-5 < abs(value) < 1e9 else str(value)
    else:
        digits = f"{value:.9g}"
    return digits


def text(value):
    if isinstance(value, Numbers):
        return "[" + ",".join(value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{text(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, separators=(",", ":"))
