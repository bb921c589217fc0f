"""Makes ../activations.json: activations on common, tiny and huge numbers."""

import torch
import torch.nn.functional as F

from shared import Family, f32

family = Family(__file__)

ACTIVATIONS = [
    ("sigmoid", {}, torch.sigmoid),
    ("tanh", {}, torch.tanh),
    ("relu", {}, torch.relu),
    ("leaky_relu", {"slope": 0.01}, lambda x: F.leaky_relu(x, 0.01)),
    ("leaky_relu", {"slope": 0.3}, lambda x: F.leaky_relu(x, 0.3)),
    ("elu", {"alpha": 1.0}, lambda x: F.elu(x, 1.0)),
    ("elu", {"alpha": 0.7}, lambda x: F.elu(x, 0.7)),
    ("gelu", {"approximate": "none"}, F.gelu),
    ("gelu", {"approximate": "tanh"}, lambda x: F.gelu(x, approximate="tanh")),
    ("silu", {}, F.silu),
    # PyTorch's softplus turns into the identity above 20; without that threshold this is ln(1 + eˣ).
    ("softplus", {}, lambda x: F.softplus(x, threshold=1e9)),
    ("softmax", {"axis": -1}, lambda x: torch.softmax(x, -1)),
    ("softmax", {"axis": 0}, lambda x: torch.softmax(x, 0)),
    ("log_softmax", {"axis": -1}, lambda x: torch.log_softmax(x, -1)),
    ("log_softmax", {"axis": 0}, lambda x: torch.log_softmax(x, 0)),
]
HUGE = [[-100, -30, -20, -10], [100, 30, 20, 10], [-1e-6, 1e-6, -0.001, 0.001], [-88, 88, -5, 5]]

for op, attributes, function in ACTIVATIONS:
    label = op + "".join(f" {key} {value}" for key, value in attributes.items())
    for shape in [(7,), (3, 17), (2, 3, 5)]:
        name = f"{label} {list(shape)}"
        family.case(name, op, {"x": family.draw(name).normal(*shape, scale=2)}, function, attributes)
    family.case(f"{label} huge", op, {"x": f32(HUGE)}, function, attributes)

# The derivative chosen at the kink.
for op, attributes, function in [a for a in ACTIVATIONS if a[0] in ("relu", "leaky_relu", "elu")]:
    label = op + "".join(f" {key} {value}" for key, value in attributes.items())
    family.case(f"{label} at zero", op, {"x": f32([0.0, 1.0, -1.0])}, function, attributes)

family.write()
