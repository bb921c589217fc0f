"""Makes gpt2/preferences.json: the loss of direct preference optimisation (Rafailov et al., 2023, equation 7) of the tiny GPT-2
of the folder beside it, and gradients, by PyTorch; with and without label smoothing (Mitchell, 2023).

    python preferences.py     # needs torch and transformers
"""

import json
import os

import torch
import torch.nn.functional as F
import transformers as hf

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gpt2")
torch.set_num_threads(1)
# Of each pair the prompt, and the answers behind it; filled up with 0 at the end.
PAIRS = [([5, 60, 7], [11, 12, 13, 14], [21, 22]), ([8, 9], [33], [31, 5, 5, 40, 41, 2]), ([1], [2, 3, 4], [2, 3, 5])]
REFERENCE = [[-21.5, -9.25], [-4.0, -30.0], [-12.0, -12.5]]
BETA = 0.3
TIME = 8


def row(prompt, answer):
    tokens = prompt + answer
    read = tokens[:-1] + [0] * (TIME - len(tokens) + 1)
    told = [-100] * (len(prompt) - 1) + answer + [-100] * (TIME - len(tokens) + 1)
    return [read, told]


x = torch.tensor([[row(prompt, chosen), row(prompt, rejected)] for prompt, chosen, rejected in PAIRS])
reference = torch.tensor(REFERENCE)


def log_likelihoods(model):
    rows = x.flatten(0, 1)
    tokens, told = rows[:, 0], rows[:, 1]
    logps = model(tokens).logits.log_softmax(-1)
    mask = told != -100
    picked = logps.gather(-1, told.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return (picked * mask).sum(-1).reshape(len(PAIRS), 2)


cases = []
for smoothing in [0.0, 0.1]:
    model = hf.GPT2LMHeadModel.from_pretrained(FOLDER, attn_implementation="eager").eval()
    policy = log_likelihoods(model)
    logits = (policy[:, 0] - policy[:, 1]) - (reference[:, 0] - reference[:, 1])
    losses = -F.logsigmoid(BETA * logits) * (1 - smoothing) - F.logsigmoid(-BETA * logits) * smoothing
    loss = losses.mean()
    loss.backward()
    rewards = BETA * (policy - reference)
    gradients = {
        "norm.weight": model.transformer.ln_f.weight.grad,
        "positions.weight": model.transformer.wpe.weight.grad,
        "tokens.weight": model.transformer.wte.weight.grad[:8],
    }
    cases.append(
        {
            "smoothing": smoothing,
            "loss": loss.item(),
            "policy": policy.flatten().tolist(),
            "rewards": rewards.flatten().tolist(),
            "gradients": {name: [round(v, 6) for v in g.flatten().tolist()] for name, g in gradients.items()},
        }
    )
with open(os.path.join(FOLDER, "preferences.json"), "w", encoding="utf-8") as file:
    golden = {"beta": BETA, "x": x.flatten().tolist(), "shape": list(x.shape), "reference": reference.flatten().tolist(), "cases": cases}
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")
