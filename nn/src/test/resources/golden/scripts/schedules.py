"""Makes ../schedules.json: the learning rate that step 0, 1, …, 29 uses under each schedule."""

import math
import warnings

import torch
from torch.optim import lr_scheduler as schedulers

from shared import Family

warnings.filterwarnings("ignore", message="Detected call of `lr_scheduler.step")
family = Family(__file__)

STEPS = 30


def rates(lr, make, metrics=None):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = make(optimizer)
    found = []
    for step in range(STEPS):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if metrics is None:
            scheduler.step()
        else:
            scheduler.step(metrics[step])
    return torch.tensor(found, dtype=torch.float64)


def schedule(op, label, lr, make, **attributes):
    family.add(f"{op} {label}", op, {"lr": lr, **attributes}, {}, {"lr": rates(lr, make)})


for size, gamma in [(7, 0.1), (1, 0.9), (10, 0.5)]:
    schedule(
        "step", f"{size} by {gamma}", 0.1, lambda o: schedulers.StepLR(o, size, gamma), step_size=size, gamma=gamma
    )
for milestones, gamma in [([3, 4, 20], 0.5), ([10], 0.1)]:
    schedule(
        "multi_step",
        f"{milestones} by {gamma}",
        0.2,
        lambda o: schedulers.MultiStepLR(o, milestones, gamma),
        milestones=milestones,
        gamma=gamma,
    )
for gamma in [0.9, 0.99]:
    schedule("exponential", f"by {gamma}", 0.05, lambda o: schedulers.ExponentialLR(o, gamma), gamma=gamma)
for total, power in [(20, 1.0), (29, 2.0), (40, 0.5)]:
    schedule(
        "polynomial",
        f"over {total} power {power}",
        0.3,
        lambda o: schedulers.PolynomialLR(o, total, power),
        total=total,
        power=power,
    )
for total, least in [(30, 0.0), (29, 0.01), (40, 0.001)]:
    schedule(
        "cosine",
        f"over {total} down to {least}",
        0.1,
        lambda o: schedulers.CosineAnnealingLR(o, total, least),
        total=total,
        min_lr=least,
    )
schedule("constant", "0.02", 0.02, lambda o: schedulers.LambdaLR(o, lambda step: 1.0))


def warmup_cosine(warmup, total, cycles=0.5):
    """get_cosine_schedule_with_warmup of the transformers library, written out."""

    def factor(step):
        if step < warmup:
            return step / max(1, warmup)
        progress = (step - warmup) / max(1, total - warmup)
        return max(0.0, 0.5 * (1 + math.cos(math.pi * 2 * cycles * progress)))

    return factor


for warmup, total in [(5, 30), (1, 30), (0, 30), (10, 40)]:
    schedule(
        "warmup_cosine",
        f"{warmup} of {total}",
        0.01,
        lambda o: schedulers.LambdaLR(o, warmup_cosine(warmup, total)),
        warmup=warmup,
        total=total,
    )

for anneal in ["cos", "linear"]:
    for three in [False, True]:
        for start, division, final in [(0.3, 25.0, 1e4), (0.2, 10.0, 100.0)]:
            attributes = {
                "total": 30,
                "anneal": anneal,
                "three_phase": three,
                "pct_start": start,
                "div_factor": division,
                "final_div_factor": final,
            }

            def cycle(o):
                return schedulers.OneCycleLR(
                    o,
                    0.1,
                    30,
                    pct_start=start,
                    anneal_strategy=anneal,
                    cycle_momentum=False,
                    div_factor=division,
                    final_div_factor=final,
                    three_phase=three,
                )

            # torch refuses a step past the total, so the last one is not taken.
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            scheduler = cycle(optimizer)
            found = [float(optimizer.param_groups[0]["lr"])]
            for _ in range(STEPS - 1):
                optimizer.step()
                scheduler.step()
                found.append(float(optimizer.param_groups[0]["lr"]))
            name = f"one_cycle {anneal}{' three phases' if three else ''} start {start} division {division:g} final {final:g}"
            family.add(
                name, "one_cycle", {"max_lr": 0.1, **attributes}, {}, {"lr": torch.tensor(found, dtype=torch.float64)}
            )

# A loss that falls, rests, jumps and creeps; the metric of step i is known after step i.
METRIC = [
    1,
    0.9,
    0.8,
    0.8,
    0.8,
    0.8,
    0.7,
    0.75,
    0.72,
    0.71,
    0.7,
    0.69999,
    0.69998,
    0.9,
    0.6,
    0.6,
    0.6,
    0.6,
    0.6,
    0.6,
    0.6,
    0.5,
    0.51,
    0.52,
    0.53,
    0.54,
    0.55,
    0.56,
    0.57,
    0.58,
]
PLATEAUS = [
    ("defaults but patience", {"patience": 2}),
    ("no patience", {"patience": 0, "factor": 0.5}),
    ("cooldown", {"patience": 1, "cooldown": 3, "factor": 0.5}),
    ("absolute threshold", {"patience": 2, "threshold": 0.05, "threshold_mode": "abs", "factor": 0.3}),
    ("least", {"patience": 1, "min_lr": 0.002, "factor": 0.2}),
    ("largest is best", {"mode": "max", "patience": 3, "factor": 0.5}),
]
DEFAULTS = {
    "mode": "min",
    "factor": 0.1,
    "patience": 10,
    "threshold": 1e-4,
    "threshold_mode": "rel",
    "cooldown": 0,
    "min_lr": 0.0,
    "eps": 1e-8,
}
for label, options in PLATEAUS:
    attributes = {"lr": 0.1, **DEFAULTS, **options}
    found = rates(0.1, lambda o: schedulers.ReduceLROnPlateau(o, **options), METRIC)
    family.add(
        f"plateau {label}", "plateau", attributes, {"metric": torch.tensor(METRIC, dtype=torch.float64)}, {"lr": found}
    )

family.write()
