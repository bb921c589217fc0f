"""Numbers for AudioTest: python audio.py > audio.json

The spectrogram is torch.stft's; triangles and the resampling kernel follow the formulas of torchaudio's
melscale_fbanks(norm=None, mel_scale="htk") and resample(lowpass_filter_width=6, rolloff=0.99, "sinc_interp_hann").
"""
import json
import math

import numpy as np
import torch


def wave(count, rate):
    t = np.arange(count) / rate
    return (0.5 * np.sin(2 * np.pi * 440 * t) + 0.25 * np.sin(2 * np.pi * 1234.5 * t + 1)).astype(np.float32)


def log_mel(x, rate, window, hop, mels):
    spectrum = torch.stft(torch.from_numpy(x).double(), window, hop, window=torch.hann_window(window, dtype=torch.double),
                          center=True, pad_mode="reflect", return_complex=True).abs() ** 2
    corners = 700 * (10 ** (np.linspace(0, 2595 * math.log10(1 + rate / 2 / 700), mels + 2) / 2595) - 1)
    freqs = np.linspace(0, rate / 2, window // 2 + 1)
    slopes = corners[None, :] - freqs[:, None]
    down = -slopes[:, :-2] / np.diff(corners)[:-1]
    up = slopes[:, 2:] / np.diff(corners)[1:]
    triangles = np.maximum(0, np.minimum(down, up))
    return np.log(1e-6 + triangles.T @ spectrum.numpy())


def resample(x, old, new):
    common = math.gcd(old, new)
    old, new = old // common, new // common
    base = min(old, new) * 0.99
    width = math.ceil(6 * old / base)
    idx = torch.arange(-width, width + old, dtype=torch.double)[None, None] / old
    t = torch.arange(0, -new, -1, dtype=torch.double)[:, None, None] / new + idx
    t = (t * base).clamp(-6, 6)
    window = torch.cos(t * math.pi / 6 / 2) ** 2
    t = t * math.pi
    kernels = torch.where(t == 0, torch.ones_like(t), t.sin() / t) * window * base / old
    padded = torch.nn.functional.pad(torch.from_numpy(x).double()[None, None], (width, width + old))
    out = torch.nn.functional.conv1d(padded, kernels, stride=old)
    out = out.transpose(1, 2).reshape(-1)
    return out[: math.ceil(new * len(x) / old)].numpy()


def short(values):
    return [float(f"{v:.7g}") for v in np.asarray(values).reshape(-1)]


print(json.dumps({
    "log_mel": short(log_mel(wave(800, 8000), 8000, 256, 80, 40)),
    "down": short(resample(wave(300, 44100), 44100, 8000)),
    "up": short(resample(wave(100, 8000), 8000, 16000)),
}))
