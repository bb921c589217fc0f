"""Makes attention.json beside it: how much each head of each layer of some of the folders in hub looks at what, as
transformers tells it (f32, eager attention), for the first text that the folder's expected.json names.

    python attention.py       # needs torch and transformers
"""

import json
import os

import torch
import transformers as hf

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)
cases = []
for name in ("gpt2", "llama3", "mistral", "qwen3"):  # biases; grouped queries; a window; norms of heads
    folder = os.path.join(HERE, "hub", name)
    with open(os.path.join(folder, "expected.json"), encoding="utf-8") as file:
        tokens = json.load(file)["inputs"]["input_ids"][0]
    model = hf.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        found = model(input_ids=torch.tensor([tokens]), output_attentions=True)
    layers = [[round(v, 6) for v in layer.flatten().tolist()] for layer in found.attentions]
    cases.append({"folder": name, "tokens": tokens, "heads": found.attentions[0].shape[1], "layers": layers})
with open(os.path.join(HERE, "attention.json"), "w", encoding="utf-8") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
