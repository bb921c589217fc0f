"""Makes ../sampling.json: how likely each token is after transformers' logits processors, in the order of its generate()."""

import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from shared import Family

family = Family(__file__)


def case(name, temperature=1.0, topK=0, topP=1.0, minP=0.0, penalty=1.0):
    draw = family.draw(name)
    logits = draw.normal(1, 23, scale=2)
    text = draw.integers(0, 23, 1, 6)
    processors = LogitsProcessorList()
    if penalty != 1:
        processors.append(RepetitionPenaltyLogitsProcessor(penalty))
    if temperature != 1:
        processors.append(TemperatureLogitsWarper(temperature))
    if topK > 0:
        processors.append(TopKLogitsWarper(topK))
    if topP < 1:
        processors.append(TopPLogitsWarper(topP))
    if minP > 0:
        processors.append(MinPLogitsWarper(minP))
    probabilities = processors(text, logits.double()).softmax(-1)
    attributes = {"temperature": temperature, "topK": topK, "topP": topP, "minP": minP, "penalty": penalty}
    family.add(name, "sampling", attributes, {"logits": logits, "text": text}, {"p": probabilities})


case("all")
case("temperature", temperature=0.7)
case("top-k", topK=5)
case("top-k of all", topK=40)
case("top-p", topP=0.8)
case("a tiny top-p", topP=0.01)
case("min-p", minP=0.2)
case("penalty", penalty=1.5)
case("a reward for repetitions", penalty=0.7)
case("everything", temperature=1.3, topK=12, topP=0.85, minP=0.05, penalty=1.2)

family.write()
