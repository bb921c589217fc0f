"""Writes the files of TorchFileTest: python torch_files.py, in this folder; needs PyTorch (2.13 was used)."""

import json
import os

import torch

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "torch")


def both(name, value):
    torch.save(value, f"{OUT}/{name}.pt")
    torch.save(value, f"{OUT}/{name}-legacy.pt", _use_new_zipfile_serialization=False)


def told(value, path=""):
    """What a reader should find: arrays as [dtype, shape, bytes in hexadecimal], and plain values."""
    join = lambda key: f"{path}.{key}" if path else str(key)
    if isinstance(value, torch.Tensor):
        flat = value.detach().contiguous().reshape(-1).view(torch.uint8)
        return {path: [str(value.dtype).removeprefix("torch."), list(value.shape), bytes(flat.tolist()).hex()]}
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in told(item, join(key)).items()}
    if isinstance(value, (list, tuple)):
        return {k: v for i, item in enumerate(value) for k, v in told(item, join(i)).items()}
    return {} if value is None else {path: value}


torch.manual_seed(1)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, amsgrad=True)
model(torch.randn(5, 3)).square().mean().backward()
optimizer.step()

base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
cases = {
    "state": model.state_dict(),
    "checkpoint": {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "epoch": 7,
        "loss": 0.125,
        "big": 2**40,
        "negative": -3,
        "name": "häßlich",
        "done": True,
        "none": None,
        "shape": torch.Size([2, 3]),
    },
    "views": {
        "base": base,
        "transposed": base.transpose(0, 2),
        "column": base[:, 1, :],
        "every other": base[:, :, ::2],
        "expanded": torch.tensor([1.0, 2.0]).expand(2, 2),
        "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 4),
        "shared": base[1],
        "parameter": torch.nn.Parameter(torch.ones(2)),
    },
    "types": {
        str(dtype).removeprefix("torch."): torch.tensor([0, 1, 3]).to(dtype)
        for dtype in (
            torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
            torch.int8, torch.uint8, torch.bool, torch.complex64, torch.uint16, torch.uint32, torch.uint64,
            torch.float8_e4m3fn, torch.float8_e5m2,
        )
    },
}
for name, value in cases.items():
    both(name, value)
    with open(f"{OUT}/{name}.json", "w") as file:
        json.dump(told(value), file, indent=1)


# What must not be read.
class Evil:
    def __reduce__(self):
        return os.system, ("echo read by a stranger",)


both("evil", {"weight": torch.ones(2), "payload": Evil()})
torch.save(torch.nn.Linear(2, 1), f"{OUT}/module.pt")  # the older form would hold source code
both("set", {"names": {1, 2}})
