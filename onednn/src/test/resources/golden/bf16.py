"""Makes bf16.txt: a linear layer and a convolution with their gradients, as torch computes them in bf16."""

import pathlib
import torch

torch.manual_seed(0)
lines = []


def line(name, x):
    lines.append(name + " " + " ".join(f"{v:.9g}" for v in x.detach().float().flatten().tolist()))


for name, x, w, function in [
    ("linear", torch.randn(5, 19), torch.randn(7, 19), torch.nn.functional.linear),
    ("conv", torch.randn(2, 16, 6, 5), torch.randn(8, 16, 3, 3), lambda x, w: torch.nn.functional.conv2d(x, w, padding=1)),
]:
    x.requires_grad_(True)
    w.requires_grad_(True)
    y = function(x.bfloat16(), w.bfloat16())
    g = torch.randn(y.shape).bfloat16()
    y.backward(g)
    for part, value in {"x": x, "w": w, "g": g, "y": y, "dx": x.grad, "dw": w.grad}.items():
        line(f"{name}.{part}", value)

pathlib.Path(__file__).with_name("bf16.txt").write_text("\n".join(lines) + "\n")
