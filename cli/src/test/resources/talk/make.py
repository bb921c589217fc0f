"""Makes the folder model beside it, a small Llama with random weights and a tokenizer as transformers saves them, and
expected.json: what transformers writes with it, greedily, behind a prompt and in a conversation.

    python make.py            # needs torch and transformers
"""

import json
import os
import shutil

import torch
import transformers as hf
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "model")
TEMPLATE = """{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content.strip() + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""
torch.set_num_threads(1)
shutil.rmtree(FOLDER, ignore_errors=True)

tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
tokenizer.train_from_iterator(["the cat sat on the mat, and the dog said hello to the cat"] * 9, trainer)
fast = hf.PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=TEMPLATE
)
fast.save_pretrained(FOLDER)

config = hf.LlamaConfig(
    vocab_size=320,  # rows to spare, as published models have them
    hidden_size=16,
    intermediate_size=24,
    num_hidden_layers=2,
    num_attention_heads=2,
    num_key_value_heads=1,
    max_position_embeddings=160,
    tie_word_embeddings=True,
    bos_token_id=1,
    eos_token_id=2,
)
model = hf.LlamaForCausalLM(config).eval()
generator = torch.Generator().manual_seed(11)
for name, parameter in sorted(model.named_parameters()):
    drawn = torch.randn(parameter.shape, generator=generator)
    parameter.data = 1 + 0.2 * drawn if parameter.dim() == 1 else 0.5 * drawn
model.model.embed_tokens.weight.data[tokenizer.get_vocab_size() :] *= 0.01  # never written
model.generation_config = hf.GenerationConfig(bos_token_id=1, eos_token_id=[2, 0], do_sample=False)
model.save_pretrained(FOLDER, max_shard_size="12KB")


def written(ids, count):
    ids = torch.tensor([ids])
    out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=count, pad_token_id=0)
    return fast.decode(out[0, ids.shape[1] :], skip_special_tokens=True)


expected = {"prompt": "the cat", "text": written(fast("the cat")["input_ids"], 40), "messages": ["hello", "  where is the mat?", "bye"], "answers": []}
said = []
for message in expected["messages"]:
    said.append({"role": "user", "content": message})
    text = fast.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
    answer = written(fast(text, add_special_tokens=False)["input_ids"], 12)
    said.append({"role": "assistant", "content": answer})
    expected["answers"].append(answer)
with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
