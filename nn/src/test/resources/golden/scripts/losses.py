"""Makes ../losses.json: every loss with its options; the targets of cross-entropy and NLL are integers or probabilities."""

import itertools

import torch
import torch.nn.functional as F

from shared import Family, f32

family = Family(__file__)

REDUCTIONS = ["mean", "sum", "none"]


def losses(
    op, inputs, function, constant=("target", "weight", "pos_weight"), label="", reductions=REDUCTIONS, **attributes
):
    """One case a reduction; function takes the inputs in order, then reduction=."""
    for reduction in reductions:
        name = " ".join([op, *([label] if label else []), *(f"{k} {v}" for k, v in attributes.items()), reduction])
        held = inputs(family.draw(name)) if callable(inputs) else inputs
        family.case(
            name,
            op,
            held,
            lambda *a: function(*a, reduction=reduction),
            {**attributes, "reduction": reduction},
            constant,
        )


def regression(*shape):
    return lambda draw: {"input": draw.normal(*shape), "target": draw.normal(*shape)}


for shape in [(1,), (7,), (3, 5), (2, 3, 4)]:
    losses("mse", regression(*shape), F.mse_loss, constant=(), label=str(list(shape)))
    losses("l1", regression(*shape), F.l1_loss, constant=(), label=str(list(shape)))
for delta in [0.5, 1.0, 2.0]:
    losses(
        "huber",
        regression(3, 7),
        lambda x, t, reduction: F.huber_loss(x, t, reduction, delta),
        constant=(),
        delta=delta,
    )
    losses(
        "smooth_l1",
        regression(3, 7),
        lambda x, t, reduction: F.smooth_l1_loss(x, t, reduction=reduction, beta=delta),
        constant=(),
        beta=delta,
    )


def labelled(draw, rows, classes, spatial=(), ignored=None, weighted=False):
    target = draw.integers(0, classes, rows, *spatial)
    if ignored is not None:
        target.view(-1)[::3] = ignored
    inputs = {"input": draw.normal(rows, classes, *spatial, scale=2), "target": target}
    if weighted:
        inputs["weight"] = draw.uniform(0.2, 2, classes)
    return inputs


def cross_entropy(smoothing, ignored):
    def run(x, target, weight=None, reduction="mean"):
        index = -100 if ignored is None else ignored
        return F.cross_entropy(x, target, weight, ignore_index=index, label_smoothing=smoothing, reduction=reduction)

    return run


for smoothing, weighted, ignored in itertools.product([0.0, 0.1], [False, True], [None, -100, 2]):
    attributes = {"label_smoothing": smoothing}
    if ignored is not None:
        attributes["ignore_index"] = ignored
    losses(
        "cross_entropy",
        lambda draw: labelled(draw, 7, 5, (), ignored, weighted),
        cross_entropy(smoothing, ignored),
        label="weighted" if weighted else "",
        **attributes,
    )
for spatial in [(3,), (2, 3)]:
    losses(
        "cross_entropy",
        lambda draw: labelled(draw, 2, 4, spatial),
        cross_entropy(0.0, None),
        label=f"spatial {list(spatial)}",
        label_smoothing=0.0,
    )
    losses(
        "cross_entropy",
        lambda draw: labelled(draw, 2, 4, spatial, 1, True),
        cross_entropy(0.2, 1),
        label=f"spatial {list(spatial)} weighted",
        label_smoothing=0.2,
        ignore_index=1,
    )
for smoothing, weighted in itertools.product([0.0, 0.1], [False, True]):

    def probable(draw):
        inputs = {"input": draw.normal(3, 5, scale=2), "target": draw.probabilities(3, 5)}
        return {**inputs, "weight": draw.uniform(0.2, 2, 5)} if weighted else inputs

    losses(
        "cross_entropy_probabilities",
        probable,
        cross_entropy(smoothing, None),
        label="weighted" if weighted else "",
        label_smoothing=smoothing,
    )
large = {"input": f32([[1000, 0, -1000], [50, 50, 50], [-90, 90, 89]]), "target": torch.tensor([1, 2, 1])}
losses("cross_entropy", large, cross_entropy(0.0, None), label="large", label_smoothing=0.0)
one = {"input": f32([[0.5], [-2]]), "target": torch.tensor([0, 0])}
losses("cross_entropy", one, cross_entropy(0.0, None), label="one class", label_smoothing=0.0, reductions=["mean"])

for weighted, ignored in itertools.product([False, True], [None, 1]):
    attributes = {} if ignored is None else {"ignore_index": ignored}

    def nll(x, target, weight=None, reduction="mean"):
        return F.nll_loss(x, target, weight, ignore_index=-100 if ignored is None else ignored, reduction=reduction)

    def logged(draw, spatial=()):
        inputs = labelled(draw, 7, 5, spatial, ignored, weighted)
        return {**inputs, "input": torch.log_softmax(inputs["input"].double(), 1).float()}

    losses("nll", logged, nll, label="weighted" if weighted else "", **attributes)
    losses(
        "nll",
        lambda draw: logged(draw, (3,)),
        nll,
        label="spatial weighted" if weighted else "spatial",
        **attributes,
        reductions=["mean", "none"],
    )


def bce(x, target, weight, pos_weight, reduction):
    return F.binary_cross_entropy_with_logits(x, target, weight, reduction=reduction, pos_weight=pos_weight)


def binary(draw, *shape):
    return {"input": draw.normal(*shape, scale=3), "target": f32(draw.booleans(*shape).float())}


losses("bce_with_logits", lambda d: binary(d, 7), lambda x, t, reduction: bce(x, t, None, None, reduction))
losses(
    "bce_with_logits",
    lambda d: {**binary(d, 3, 5), "target": d.uniform(0, 1, 3, 5)},
    lambda x, t, reduction: bce(x, t, None, None, reduction),
    label="soft targets",
)
losses(
    "bce_with_logits",
    lambda d: {**binary(d, 3, 5), "pos_weight": d.uniform(0.5, 3, 5)},
    lambda x, t, p, reduction: bce(x, t, None, p, reduction),
    label="pos_weight",
)
losses(
    "bce_with_logits",
    lambda d: {**binary(d, 3, 5), "weight": d.uniform(0.5, 3, 5)},
    lambda x, t, w, reduction: bce(x, t, w, None, reduction),
    label="weight",
)
losses(
    "bce_with_logits",
    lambda d: {**binary(d, 3, 5), "weight": d.uniform(0.5, 3, 3, 5), "pos_weight": d.uniform(0.5, 3, 5)},
    bce,
    label="weight, pos_weight",
)
far = {"input": f32([-100, 100, -30, 30, 0, -100, 100, -30, 30, 0]), "target": f32([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])}
losses("bce_with_logits", far, lambda x, t, reduction: bce(x, t, None, None, reduction), label="large")
losses(
    "bce_with_logits",
    {**far, "pos_weight": f32([3])},
    lambda x, t, p, reduction: bce(x, t, None, p, reduction),
    label="large pos_weight",
)

for log_target in [False, True]:

    def divergence(draw):
        p = torch.log_softmax(draw.normal(3, 5).double(), 1).float()
        q = torch.log_softmax(draw.normal(3, 5).double(), 1)
        return {"input": p, "target": (q if log_target else q.exp()).float()}

    losses(
        "kl_div",
        divergence,
        lambda x, t, reduction: F.kl_div(x, t, reduction=reduction, log_target=log_target),
        log_target=log_target,
        reductions=["batchmean", *REDUCTIONS],
    )
zero = {"input": f32([[-0.5, -1, -2]]), "target": f32([[0.25, 0, 0.75]])}
losses(
    "kl_div",
    zero,
    lambda x, t, reduction: F.kl_div(x, t, reduction=reduction),
    label="a zero in the target",
    log_target=False,
)


def reduced(loss, reduction):
    return {"mean": torch.mean, "sum": torch.sum, "none": lambda x: x}[reduction](loss)


losses(
    "hinge",
    lambda d: {"input": d.normal(3, 7, scale=2), "target": d.sign(3, 7)},
    lambda x, t, reduction: reduced(torch.relu(1 - x * t), reduction),
)
for margin in [1.0, 0.5]:
    losses(
        "hinge_embedding",
        lambda d: {"input": d.uniform(0.05, 2, 3, 7), "target": d.sign(3, 7)},
        lambda x, t, reduction: F.hinge_embedding_loss(x, t, margin, reduction=reduction),
        margin=margin,
    )
for p, margin in [(1, 1.0), (2, 0.5)]:
    losses(
        "multi_margin",
        lambda d: labelled(d, 3, 5),
        lambda x, t, reduction: F.multi_margin_loss(x, t, p, margin, reduction=reduction),
        p=p,
        margin=margin,
    )
losses(
    "multi_margin",
    lambda d: labelled(d, 3, 5, weighted=True),
    lambda x, t, w, reduction: F.multi_margin_loss(x, t, 1, 1.0, w, reduction=reduction),
    label="weighted",
    p=1,
    margin=1.0,
)

family.write()
