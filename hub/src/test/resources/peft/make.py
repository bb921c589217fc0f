"""Makes the folders beside it: adapters with random weights as PEFT saves them, each with expected.json, the logits that
transformers and PEFT compute (f32, eager attention) for the tokens that it names, on a model of ../hub.

    python make.py            # needs torch, transformers and peft
"""

import json
import os
import shutil

import peft
import torch
import transformers as hf

HERE = os.path.dirname(os.path.abspath(__file__))
os.chdir(HERE)
torch.set_num_threads(1)


def adapter(name, base, **settings):
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    model = hf.AutoModelForCausalLM.from_pretrained("../hub/" + base, dtype=torch.float32, attn_implementation="eager")
    model = peft.get_peft_model(model, peft.LoraConfig(task_type="CAUSAL_LM", r=4, lora_alpha=6, **settings)).eval()
    generator = torch.Generator().manual_seed(5)
    for key, parameter in sorted(model.named_parameters()):
        if "lora_" in key:
            drawn = torch.randn(parameter.shape, generator=generator)
            parameter.data = parameter.data * (1 + 0.1 * drawn) if "magnitude" in key else 0.3 * drawn
    model.save_pretrained(folder)
    os.remove(os.path.join(folder, "README.md"))
    tokens = torch.randint(1, 61, (2, 9), generator=generator)
    with torch.no_grad():
        logits = model(tokens).logits
    values = [round(v, 6) for v in logits.flatten().tolist()]
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as file:
        outputs = {"logits": {"shape": list(logits.shape), "values": values}}
        json.dump({"base": base, "inputs": {"input_ids": tokens.tolist()}, "outputs": outputs}, file, separators=(",", ":"))
        file.write("\n")


adapter("gpt2-lora", "gpt2", target_modules=["c_attn", "c_fc"], fan_in_fan_out=True, lora_dropout=0.1)
adapter("llama-lora", "llama2", target_modules=["q_proj", "v_proj"])
adapter("qwen-rslora", "qwen2", target_modules="all-linear", use_rslora=True)
adapter("qwen-dora", "qwen3", target_modules=["k_proj", "o_proj", "down_proj"], use_dora=True)
adapter("gpt2-dora", "gpt2", target_modules=["c_proj", "c_attn"], fan_in_fan_out=True, use_dora=True)
