"""Makes beams.json: what transformers' beam search finds with the models of the folders in hub/, and its scores.

    python beams.py           # needs torch and transformers
"""

import json
import os

import torch
import transformers as hf

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)
cases = []


def case(folder, beams, best, tokens, penalty, ends, prompts):
    model = hf.AutoModelForCausalLM.from_pretrained(os.path.join(HERE, "hub", folder), dtype=torch.float32, attn_implementation="eager")
    model.generation_config = hf.GenerationConfig(pad_token_id=60, eos_token_id=ends or None)
    read = torch.tensor(prompts)
    with torch.no_grad():
        found = model.eval().generate(
            read,
            attention_mask=torch.ones_like(read),
            num_beams=beams,
            num_return_sequences=best,
            max_new_tokens=tokens,
            length_penalty=penalty,
            do_sample=False,
            output_scores=True,
            return_dict_in_generate=True,
        )
    texts = found.sequences[:, read.shape[1] :]
    lengths = (found.beam_indices >= 0).sum(1).tolist()
    found = [{"tokens": text[:length].tolist(), "score": round(score, 6)} for text, length, score in zip(texts, lengths, found.sequences_scores.tolist())]
    found = [found[i * best : (i + 1) * best] for i in range(len(prompts))]
    print(folder, beams, penalty, [[len(text["tokens"]) for text in each] for each in found])
    asked = {"folder": folder, "beams": beams, "tokens": tokens, "penalty": penalty, "ends": ends, "prompts": prompts}
    cases.append({**asked, "found": found})


TWO = [[5, 17, 42], [33, 8, 21]]
ENDS = [3, 9, 14, 27, 31, 40, 52]
case("gpt2", 4, 4, 8, 1.0, [], TWO)
case("gpt2", 4, 3, 12, 1.0, ENDS, TWO)
case("gpt2", 3, 3, 12, 0.0, ENDS, TWO)
case("gpt2", 5, 5, 14, 2.5, ENDS, TWO)
case("gpt2", 6, 2, 14, -1.0, ENDS[:3], [[50, 2]])
case("llama3", 4, 4, 20, 1.0, ENDS, TWO)
case("llama3", 2, 2, 20, 0.6, ENDS[:1], TWO)
case("mistral", 5, 3, 16, 1.0, ENDS[:4], TWO)
case("qwen3", 3, 3, 16, 1.4, ENDS[2:], TWO)
with open(os.path.join(HERE, "beams.json"), "w", encoding="utf-8") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
