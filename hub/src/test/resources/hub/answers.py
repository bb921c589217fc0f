"""Makes bert-answer/loss.json: the loss and some gradients of transformers' BertForQuestionAnswering of the folder beside it,
for answers that stand at the places that it names; 0 is [CLS], where a text does not answer.

    python answers.py         # needs torch and transformers
"""

import json
import os

import torch
import transformers as hf

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bert-answer")
torch.set_num_threads(1)
with open(os.path.join(FOLDER, "expected.json"), encoding="utf-8") as file:
    inputs = {name: torch.tensor(rows) for name, rows in json.load(file)["inputs"].items()}
# Rows of one length: what is filled up takes part in the softmax of transformers.
model = hf.BertForQuestionAnswering.from_pretrained(FOLDER, attn_implementation="eager").eval()
starts, ends = [5, 0], [7, 0]
found = model(**inputs, start_positions=torch.tensor(starts), end_positions=torch.tensor(ends))
found.loss.backward()
gradients = {
    "head.weight": model.qa_outputs.weight.grad.flatten().tolist(),
    "head.bias": model.qa_outputs.bias.grad.tolist(),
    "bert.segments.weight": model.bert.embeddings.token_type_embeddings.weight.grad.flatten().tolist(),
}
with open(os.path.join(FOLDER, "loss.json"), "w", encoding="utf-8") as file:
    rounded = {name: [round(v, 7) for v in values] for name, values in gradients.items()}
    json.dump({"starts": starts, "ends": ends, "loss": found.loss.item(), "gradients": rounded}, file, separators=(",", ":"))
    file.write("\n")
