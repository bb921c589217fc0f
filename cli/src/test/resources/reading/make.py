"""Makes the folder gpt2 beside it, a small GPT-2 with random weights (its tokenizer is that of talk/model), and expected.json:
how transformers reads texts with it and with talk/model (a Llama with grouped queries), f32, in doubles from the logits on.

    python make.py            # needs torch and transformers
"""

import json
import os
import shutil

import torch
import transformers as hf

HERE = os.path.dirname(os.path.abspath(__file__))
TALK = os.path.join(HERE, "..", "talk", "model")
GPT2 = os.path.join(HERE, "gpt2")
torch.set_num_threads(1)
shutil.rmtree(GPT2, ignore_errors=True)
model = hf.GPT2LMHeadModel(hf.GPT2Config(vocab_size=320, n_positions=24, n_embd=16, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2))
generator = torch.Generator().manual_seed(5)
for name, parameter in sorted(model.named_parameters()):
    drawn = torch.randn(parameter.shape, generator=generator)
    norm = parameter.dim() == 1 and name.endswith("weight")
    parameter.data = 1 + 0.2 * drawn if norm else 0.4 * drawn
model.save_pretrained(GPT2)
os.remove(os.path.join(GPT2, "generation_config.json"))

tokenizer = hf.AutoTokenizer.from_pretrained(TALK)
PROMPT = "the cat sat on the mat, and"
TEXT = "the cat sat on the mat, and the dog said hello to the cat.\nThe mat said: ä, hello!\n" * 6


def read(folder, windows):
    model = hf.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        ids = tokenizer(PROMPT, return_tensors="pt")["input_ids"]
        found = model(input_ids=ids, labels=ids, output_attentions=True)
        x = found.logits[0].double().log_softmax(-1)
        tokens = []
        for i, token in enumerate(ids[0].tolist()):
            own = x[i - 1, token].item() if i else None
            rank = int((x[i - 1] > own).sum()) + 1 if i else None
            best = torch.topk(x[i].exp(), 5)
            tokens.append({"id": token, "log_probability": own, "rank": rank, "next": best.indices.tolist(), "probabilities": best.values.tolist()})
        attention = [layer[0].mean(0).flatten().tolist() for layer in found.attentions]
        losses = []
        ids = tokenizer(TEXT, return_tensors="pt")["input_ids"]
        last = ids.shape[1] - 1  # the first token is told by nothing
        for window, stride in windows:
            told, total = 0, 0.0
            start = 0
            while told < last:
                start = min(start, last - window)
                y = ids[:, start + 1 : start + 1 + window].clone()
                y[:, : told - start] = -100
                # transformers' own loss: it takes labels that are already moved on by one token
                loss = model(input_ids=ids[:, start : start + window], labels=y, shift_labels=y).loss
                total += loss.item() * int((y != -100).sum())
                told = start + window
                start += stride
            losses.append({"window": window, "stride": stride, "loss": total / last})
        short = tokenizer(PROMPT, return_tensors="pt")["input_ids"]
        whole = model(input_ids=short, labels=short).loss.item()
    return {"tokens": tokens, "attention": attention, "loss": whole, "count": ids.shape[1], "losses": losses}


expected = {
    "prompt": PROMPT,
    "text": TEXT,
    "gpt2": read(GPT2, [(24, 24), (24, 12), (24, 7), (5, 1)]),
    "llama": read(TALK, [(160, 160), (160, 80), (33, 20)]),
}
with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8") as file:
    json.dump(expected, file, separators=(",", ":"))
    file.write("\n")
