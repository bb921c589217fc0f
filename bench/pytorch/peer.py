"""A measured process that holds PyTorch: trains one workload, as dev.merapi.bench.work tells it.

Arguments are words name=value: kind, setting, precision, threads, warm-up, seconds, and the sizes.
A setting is `eager` or `compile`, with `channels-last` behind it where wanted. Optimizers are the
fused ones; bf16 is autocast, or bf16 weights where nothing is trained. Prints the line `first`
after the first step, and at the end a measurement as one line of JSON.
"""

import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

WORDS = dict(word.split("=", 1) for word in sys.argv[1:])
KIND = WORDS["kind"]
SETTING = WORDS["setting"].split()
BF16 = WORDS["precision"] == "bf16"


def size(name):
    return int(WORDS[name])


# ---- the data: SplitMix64's finaliser of the element's number, the same bits as FixedData


def mixed(stream, count):
    with np.errstate(over="ignore"):
        z = np.arange(count, dtype=np.uint64) + (np.uint64(stream) << np.uint64(40))
        z = z * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(stream, *shape):
    bits = mixed(stream, int(np.prod(shape))) >> np.uint64(40)
    return torch.from_numpy(bits.astype(np.float32) * np.float32(2.0**-24)).reshape(shape)


def below(stream, bound, *shape):
    bits = mixed(stream, int(np.prod(shape))) >> np.uint64(33)
    return torch.from_numpy((bits % np.uint64(bound)).astype(np.int64)).reshape(shape)


# ---- the models


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(size("in"), size("hidden"), size("layers"), batch_first=True)
        self.head = nn.Linear(size("hidden"), size("out"))

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


class Attention(nn.Module):
    def __init__(self, width, heads, bias, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.qkv = nn.Linear(width, 3 * width, bias=bias)
        self.out = nn.Linear(width, width, bias=bias)

    def forward(self, x, cache=None):
        b, t, c = x.shape
        q, k, v = (
            part.view(b, t, self.heads, c // self.heads).transpose(1, 2)
            for part in self.qkv(x).split(c, dim=2)
        )
        if cache is None:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        else:
            y = cache.attend(q, k, v)
        return self.out(y.transpose(1, 2).reshape(b, t, c))


class Block(nn.Module):
    """Pre-norm, as GPT-2."""

    def __init__(self, width, heads, bias, approximate):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, bias=bias)
        self.attention = Attention(width, heads, bias, causal=True)
        self.norm2 = nn.LayerNorm(width, bias=bias)
        self.up = nn.Linear(width, 4 * width, bias=bias)
        self.down = nn.Linear(4 * width, width, bias=bias)
        self.approximate = approximate

    def forward(self, x, cache=None):
        x = x + self.attention(self.norm1(x), cache)
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate=self.approximate))


class Gpt(nn.Module):
    def __init__(self, context, bias, approximate):
        super().__init__()
        width = size("width")
        self.words = nn.Embedding(size("vocabulary"), width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(
            Block(width, size("heads"), bias, approximate) for _ in range(size("layers"))
        )
        self.norm = nn.LayerNorm(width, bias=bias)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)

    def forward(self, tokens, caches=None, at=None):
        if at is None:
            at = torch.arange(tokens.shape[1])
        x = self.words(tokens) + self.positions(at)
        for i, block in enumerate(self.blocks):
            x = block(x, None if caches is None else caches[i])
        x = self.norm(x)
        if caches is not None:
            x = x[:, -1]
        return F.linear(x, self.words.weight)


class EncoderBlock(nn.Module):
    """Post-norm, as BERT."""

    def __init__(self, width, heads, hidden):
        super().__init__()
        self.attention = Attention(width, heads, True, causal=False)
        self.norm1 = nn.LayerNorm(width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        self.norm2 = nn.LayerNorm(width)

    def forward(self, x):
        x = self.norm1(x + self.attention(x))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        width = size("width")
        self.words = nn.Embedding(size("vocabulary"), width)
        self.positions = nn.Embedding(size("context"), width)
        self.norm = nn.LayerNorm(width)
        self.blocks = nn.Sequential(
            *(EncoderBlock(width, size("heads"), size("hidden")) for _ in range(size("layers")))
        )
        self.pooler = nn.Linear(width, width)
        self.head = nn.Linear(width, size("out"))
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)

    def forward(self, tokens):
        x = self.words(tokens) + self.positions(torch.arange(tokens.shape[1]))
        x = self.blocks(self.norm(x))
        return self.head(torch.tanh(self.pooler(x[:, 0])))


class ResidualBlock(nn.Module):
    def __init__(self, before, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Identity()
        if stride != 1 or before != width:
            self.shortcut = nn.Sequential(
                nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width)
            )

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


def resnet():
    width = size("width")
    layers = [
        nn.Conv2d(3, width, 3, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
    ]
    before = width
    for stage in range(3):
        for block in range(size("blocks")):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(ResidualBlock(before, width << stage, stride))
            before = width << stage
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, size("out"))
    )


def cnn():
    first, second = size("first"), size("second")
    return nn.Sequential(
        nn.Conv2d(1, first, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(second * 49, size("hidden")),
        nn.ReLU(),
        nn.Linear(size("hidden"), size("out")),
    )


# ---- training


def problem():
    """The model, its optimizer's maker, the loss of (model, x, y), x and y."""
    batch = size("batch")
    classes = lambda out, y: F.cross_entropy(out, y)
    sgd = lambda ps: torch.optim.SGD(ps, lr=0.01, fused=True)
    adam = lambda ps: torch.optim.Adam(ps, lr=1e-4, fused=True)
    adamw = lambda ps: torch.optim.AdamW(ps, lr=1e-4, fused=True)
    match KIND:
        case "mlp":
            model = nn.Sequential(
                nn.Linear(size("in"), size("hidden")),
                nn.ReLU(),
                nn.Linear(size("hidden"), size("out")),
            )
            x = uniform(1, batch, size("in"))
            return model, sgd, classes, x, below(2, size("out"), batch)
        case "cnn":
            x = uniform(1, batch, 1, 28, 28)
            return cnn(), adam, classes, x, below(2, size("out"), batch)
        case "lstm":
            x = uniform(1, batch, size("context"), size("in"))
            return Lstm(), adam, classes, x, below(2, size("out"), batch)
        case "autoencoder":
            model = nn.Sequential(
                nn.Linear(size("in"), size("hidden")),
                nn.ReLU(),
                nn.Dropout(0.5),
                nn.Linear(size("hidden"), size("in")),
            )
            x = uniform(1, batch, size("in"))
            return model, adam, F.binary_cross_entropy_with_logits, x, x
        case "sigmoid":
            model = nn.Sequential(
                nn.Linear(size("in"), size("hidden")),
                nn.Sigmoid(),
                nn.Linear(size("hidden"), size("out")),
            )
            x = uniform(1, batch, size("in"))
            y = uniform(2, batch, size("out"))
            return model, sgd, F.binary_cross_entropy_with_logits, x, y
        case "gpt" | "gpt2":
            plain = KIND == "gpt"
            model = Gpt(size("context"), not plain, "none" if plain else "tanh")
            words = size("vocabulary")
            loss = lambda out, y: F.cross_entropy(out.view(-1, words), y.view(-1))
            x = below(1, words, batch, size("context"))
            return model, adamw, loss, x, below(2, words, batch, size("context"))
        case "encoder":
            x = below(1, size("vocabulary"), batch, size("context"))
            return Encoder(), adamw, classes, x, below(2, size("out"), batch)
        case "resnet":
            momentum = lambda ps: torch.optim.SGD(ps, lr=0.01, momentum=0.9, fused=True)
            x = uniform(1, batch, 3, 32, 32)
            return resnet(), momentum, classes, x, below(2, size("out"), batch)
    raise SystemExit(f"PyTorch's script does not know the kind {KIND}")


def trainer():
    model, make_optimizer, loss_of, x, y = problem()
    model.train()
    if "channels-last" in SETTING:
        model = model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    optimizer = make_optimizer(model.parameters())

    def forward(x, y):
        with torch.autocast("cpu", torch.bfloat16, enabled=BF16):
            out = model(x)
            return loss_of(out.float() if KIND == "sigmoid" or KIND == "autoencoder" else out, y)

    if "compile" in SETTING:
        forward = torch.compile(forward)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = forward(x, y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step, 1, lambda: None


# ---- decoding


class Growing:
    """Keys and values in a buffer, of which attention sees the part that is filled."""

    def __init__(self, shape, dtype):
        self.k = torch.zeros(shape, dtype=dtype)
        self.v = torch.zeros(shape, dtype=dtype)
        self.filled = 0

    def attend(self, q, k, v):
        end = self.filled + k.shape[2]
        self.k[:, :, self.filled : end] = k
        self.v[:, :, self.filled : end] = v
        self.filled = end
        return F.scaled_dot_product_attention(
            q, self.k[:, :, :end], self.v[:, :, :end], is_causal=q.shape[2] > 1
        )


class Static:
    """Keys and values in a buffer, of which a mask hides the rest: one shape for the compiler."""

    def __init__(self, shape, dtype):
        self.k = torch.zeros(shape, dtype=dtype)
        self.v = torch.zeros(shape, dtype=dtype)
        self.at = torch.zeros(1, dtype=torch.int64)

    def attend(self, q, k, v):
        self.k.index_copy_(2, self.at, k)
        self.v.index_copy_(2, self.at, v)
        mask = (torch.arange(self.k.shape[2]) <= self.at[-1:, None]).expand(q.shape[2], -1)
        if q.shape[2] > 1:
            mask = torch.arange(self.k.shape[2]) <= self.at[:, None]
        return F.scaled_dot_product_attention(q, self.k, self.v, attn_mask=mask)


def decoder():
    prompt, new = size("context"), size("new")
    total = prompt + new
    model = Gpt(total, True, "tanh").eval().requires_grad_(False)
    dtype = torch.bfloat16 if BF16 else torch.float32
    model = model.to(dtype)
    heads = size("heads")
    shape = (1, heads, total, size("width") // heads)
    words = below(1, size("vocabulary"), 1, prompt)
    compiled = "compile" in SETTING
    result = []

    def prefill(caches):
        return model(words, caches, torch.arange(prompt)).argmax(-1, keepdim=True)

    def one(word, caches, at):
        return model(word, caches, at).argmax(-1, keepdim=True)

    if compiled:
        one = torch.compile(one)
    caches = [(Static if compiled else Growing)(shape, dtype) for _ in model.blocks]

    def step():
        with torch.inference_mode():
            for cache in caches:
                if compiled:
                    cache.at = torch.arange(prompt)
                else:
                    cache.filled = 0
            word = prefill(caches)
            result[:] = [word]
            for i in range(new - 1):
                at = torch.tensor([prompt + i])
                for cache in caches:
                    if compiled:
                        cache.at = at
                word = one(word, caches, at)
                result.append(word)
            result[-1].item()
        return float("nan")

    def agreement():
        with torch.inference_mode():
            tokens = torch.cat([words] + result, dim=1)
            best = model(tokens[:, :-1]).argmax(-1)[:, prompt - 1 :]
            return (best == tokens[:, prompt:]).float().mean().item()

    return step, new, agreement


# ---- measuring, as dev.merapi.bench.work.Measuring does


def peak_kib():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except OSError:
        return 0


def main():
    torch.manual_seed(1)
    torch.set_num_threads(size("threads"))
    step, steps_a_call, agreement = decoder() if KIND == "decode" else trainer()
    first = step()
    print("first", flush=True)
    warm_up, seconds = float(WORDS["warm-up"]), float(WORDS["seconds"])
    start = time.perf_counter()
    done = 0
    while done < 3 or time.perf_counter() - start < warm_up:
        step()
        done += 1
    last, millis = first, []
    start = time.perf_counter()
    while len(millis) < 5 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        last = step()
        millis.append((time.perf_counter() - before) * 1e3 / steps_a_call)
    peak = peak_kib()
    millis.sort()
    number = lambda x: x if x == x else "NaN"
    measurement = {
        "version": "PyTorch " + torch.__version__,
        "steps": len(millis),
        "median_ms": millis[len(millis) // 2],
        "fastest_ms": millis[0],
        "first_loss": number(first),
        "last_loss": number(last),
        "agreement": agreement(),
        "peak_kib": peak,
    }
    print(json.dumps(measurement), flush=True)


if __name__ == "__main__":
    main()
