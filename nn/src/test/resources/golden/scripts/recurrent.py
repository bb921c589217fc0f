"""Makes ../recurrent.json: recurrent layers with given weights and first states, through torch.nn's own modules."""

import torch
from torch import nn
from torch.func import functional_call

from shared import Family

family = Family(__file__)


def case(op, make, layers, inside, hidden, batch, time, attributes=None):
    name = f"{op} {inside} to {hidden}, {layers} layers, {time} times {attributes or ''}".strip().replace("'", "")
    draw = family.draw(name)
    module = make(inside, hidden, layers, batch_first=True).double()
    parameters = {k: draw.normal(*p.shape, scale=0.5) for k, p in module.named_parameters()}
    states = ("h", "c") if op == "lstm" else ("h",)
    first = {k: draw.normal(layers, batch, hidden) for k in states}

    def run(x, *values):
        given = values[: len(states)] if op == "lstm" else values[0]
        weights = dict(zip(parameters, values[len(states) :]))
        y, last = functional_call(module, weights, (x, given))
        return {"y": y, **dict(zip(states, last if op == "lstm" else (last,)))}

    inputs = {"x": draw.normal(batch, time, inside), **{k + "0": v for k, v in first.items()}, **parameters}
    family.case(name, op, inputs, run, {"layers": layers, **(attributes or {})})


for op, make in (("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)):
    for layers, inside, hidden, batch, time in [(1, 3, 2, 2, 1), (1, 1, 3, 1, 4), (2, 3, 4, 3, 5)]:
        case(op, make, layers, inside, hidden, batch, time)
case("rnn", lambda *a, **k: nn.RNN(*a, nonlinearity="relu", **k), 2, 3, 4, 2, 6, {"activation": "relu"})


def both_ways(op, make, layers, inside, hidden, lengths, time):
    """Bidirectional modules over packed sequences; the last states of the last layer side by side."""
    name = f"{op} both ways {inside} to {hidden}, {layers} layers, lengths {lengths} of {time}"
    draw = family.draw(name)
    module = make(inside, hidden, layers, batch_first=True, bidirectional=True).double()
    parameters = {k: draw.normal(*p.shape, scale=0.5) for k, p in module.named_parameters()}

    def run(x, *values):
        packed = nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
        y, last = functional_call(module, dict(zip(parameters, values)), (packed,))
        y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=time)
        h = last[0] if op == "lstm" else last
        return {"y": y, "last": torch.cat([h[-2], h[-1]], -1)}

    inputs = {"x": draw.normal(len(lengths), time, inside), **parameters}
    family.case(name, op, inputs, run, {"layers": layers, "lengths": lengths})


for op, make in (("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)):
    both_ways(op, make, 1, 2, 3, [4, 1], 4)
    both_ways(op, make, 2, 3, 2, [2, 6, 5], 7)

family.write()
