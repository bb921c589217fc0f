"""Makes the folders beside it: small models with random weights as transformers saves them, each with expected.json, the
logits that transformers computes (f32, eager attention) for the tokens that it names.

    python make.py            # needs torch and transformers
"""

import json
import os
import shutil

import safetensors.torch
import torch
import transformers as hf

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)


def save(name, model, inputs, outputs, shard=None, dtype=None):
    """inputs: lists of integers by name; outputs: functions of the model's output, by name."""
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    if dtype:
        model = model.to(dtype)
    model.save_pretrained(folder, **({"max_shard_size": shard} if shard else {}))
    # as from the hub: a model that is cast has its rotary frequencies rounded, too
    model = type(model).from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        found = model(**{k: torch.tensor(v) for k, v in inputs.items()})
    expected = {k: {"shape": list(f(found).shape), "values": [round(v, 6) for v in f(found).flatten().tolist()]} for k, f in outputs.items()}
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as file:
        json.dump({"inputs": inputs, "outputs": expected}, file, separators=(",", ":"))
        file.write("\n")
    print(name, sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)) // 1000, "kB")


def scramble(model):
    """Weights far from the flat start, biases and norms included."""
    generator = torch.Generator().manual_seed(7)
    for name, parameter in sorted(model.named_parameters()):
        drawn = torch.randn(parameter.shape, generator=generator)
        norm = parameter.dim() == 1 and name.endswith("weight")
        parameter.data = drawn * 0.2 + 1 if norm else drawn * (0.3 if parameter.dim() > 1 else 0.2)
    return model


def tokens(vocabulary, *lengths):
    generator = torch.Generator().manual_seed(3)
    return torch.randint(1, vocabulary, lengths, generator=generator).tolist()


LOGITS = {"logits": lambda y: y.logits}
SMALL = {"vocab_size": 61, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}


def causal(name, config, time=12, **options):
    config._attn_implementation = "eager"
    model = scramble(hf.AutoModelForCausalLM.from_config(config, attn_implementation="eager"))
    save(name, model, {"input_ids": tokens(config.vocab_size, 2, time)}, LOGITS, **options)


causal("gpt2", hf.GPT2Config(vocab_size=61, n_positions=20, n_embd=32, n_layer=2, n_head=4))
causal("gpt2-f16", hf.GPT2Config(vocab_size=61, n_positions=20, n_embd=32, n_layer=1, n_head=4), dtype=torch.float16)
LLAMA = {**SMALL, "max_position_embeddings": 32}
causal("llama2", hf.LlamaConfig(**LLAMA, num_key_value_heads=4, rms_norm_eps=1e-5), shard="20KB")
scaling = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
scaling |= {"original_max_position_embeddings": 16, "rope_theta": 500.0}
causal(
    "llama3",
    hf.LlamaConfig(**{**LLAMA, "max_position_embeddings": 128}, num_key_value_heads=2, rope_parameters=scaling),
    dtype=torch.bfloat16,
)
causal("mistral", hf.MistralConfig(**LLAMA, num_key_value_heads=2, sliding_window=5))
causal("qwen2", hf.Qwen2Config(**LLAMA, num_key_value_heads=2))
windows = {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 1}
causal("qwen3", hf.Qwen3Config(**LLAMA, num_key_value_heads=2, head_dim=16, tie_word_embeddings=True, **windows))
causal("smollm", hf.LlamaConfig(**LLAMA, num_key_value_heads=2, tie_word_embeddings=True, bos_token_id=0, eos_token_id=0))

BERT = {**SMALL, "max_position_embeddings": 16, "num_labels": 3, "attn_implementation": "eager"}
padded = [[1] * 9, [1] * 5 + [0] * 4]
INPUTS = {"input_ids": tokens(61, 2, 9), "token_type_ids": [[0] * 4 + [1] * 5] * 2, "attention_mask": padded}


def bert(name, kind, outputs, config=None):
    save("bert-" + name, scramble(kind(config or hf.BertConfig(**BERT))), INPUTS, outputs)


bert("base", hf.BertModel, {"hidden": lambda y: y.last_hidden_state, "pooled": lambda y: y.pooler_output})
bert("masked", hf.BertForMaskedLM, LOGITS)
bert("next", hf.BertForNextSentencePrediction, LOGITS)
both = {"logits": lambda y: y.prediction_logits, "next": lambda y: y.seq_relationship_logits}
bert("pretraining", hf.BertForPreTraining, both)
bert("sequence", hf.BertForSequenceClassification, LOGITS)
bert("token", hf.BertForTokenClassification, LOGITS)
answer = {"start": lambda y: y.start_logits, "end": lambda y: y.end_logits}
bert("answer", hf.BertForQuestionAnswering, answer, hf.BertConfig(**{**BERT, "num_labels": 2}))

# The same weights as PyTorch pickles them.
folder = os.path.join(HERE, "gpt2-f16")
torch.save(safetensors.torch.load_file(os.path.join(folder, "model.safetensors")), os.path.join(folder, "pytorch_model.bin"))
