"""Makes compressed.json: a weight in NF4 and in int8, as bitsandbytes keeps it, by Python alone.

The thresholds are those of bitsandbytes' dQuantizeNF4 (csrc/kernels.cu), written out there; its blocks are 64 numbers long. The
16 numbers come from the definition (Dettmers et al., 2023, equation 4; create_normal_map of bitsandbytes).

    python compressed.py      # needs torch
"""

import json
import os

import torch

THRESHOLDS = [  # of dQuantizeNF4, from the lowest to the highest
    -0.8480964004993439, -0.6106329262256622, -0.4599952697753906, -0.33967943489551544, -0.23460740596055984,
    -0.13791173323988914, -0.045525018125772476, 0.03979014977812767, 0.1202552504837513, 0.2035212516784668,
    0.2920137718319893, 0.3893125355243683, 0.5016634166240692, 0.6427869200706482, 0.8614784181118011,
]  # fmt: skip


def code():
    """The definition: quantiles of N(0, 1), seven below 0 and eight above, and 0 itself."""
    offset = 0.9677083
    normal = torch.distributions.Normal(torch.tensor(0.0, dtype=torch.float64), torch.tensor(1.0, dtype=torch.float64))
    above = normal.icdf(torch.linspace(offset, 0.5, 9, dtype=torch.float64)[:-1])
    below = -normal.icdf(torch.linspace(offset, 0.5, 8, dtype=torch.float64)[:-1])
    values = torch.cat([above, torch.zeros(1, dtype=torch.float64), below]).sort().values
    return values / values.max()


generator = torch.Generator().manual_seed(5)
weight = torch.randn(6, 32, generator=generator) * torch.tensor([[1.0], [0.1], [3.0], [0.02], [1.0], [0.5]])
weight[4] = 0  # half of a block of zeros
weight[5, :] = 0
table = code().float()
flat = weight.reshape(-1, 64)
greatest = flat.abs().max(1, keepdim=True).values
scaled = flat / torch.where(greatest == 0, torch.ones(()), greatest)
places = (scaled.unsqueeze(-1) > torch.tensor(THRESHOLDS)).sum(-1)
rows = weight.abs().max(1, keepdim=True).values / 127
eight = torch.round(weight / torch.where(rows == 0, torch.ones(()), rows))
golden = {
    "code": code().tolist(),
    "weight": weight.flatten().tolist(),
    "places": places.flatten().tolist(),
    "greatest": greatest.flatten().tolist(),
    "nf4": (table[places] * greatest).flatten().tolist(),
    "int8": (eight * rows).flatten().tolist(),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "compressed.json"), "w", encoding="utf-8") as file:
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")
