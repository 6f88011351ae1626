"""Golden numbers for test/features/golden.test.ts, by NumPy alone, from the formulas in pipeline/features/meyda.ts.

    pip install numpy
    python test/golden/features.py FEATURE_VERSION    # writes test/golden/features.golden.json
"""

import json
import pathlib
import sys

import numpy as np

PRESETS = {
    "paper": dict(rate=44100, window=2048, hop=512, bands=60, seconds=2.5, starts=[0.5, 1.5], coefficients=None),
    "paper-16k": dict(rate=16000, window=1024, hop=186, bands=60, seconds=2.5, starts=[0.5, 1.5], coefficients=None),
    "paper-16k-mfcc": dict(rate=16000, window=1024, hop=186, bands=60, seconds=2.5, starts=[0.5, 1.5], coefficients=40),
    "demo": dict(rate=16000, window=512, hop=256, bands=32, seconds=1.5, starts=[0.0], coefficients=None),
}
CLIP_SECONDS = 3.5  # the second chunk ends at 4.0 s: half a second of it is padding


def chirp_with_noise(seconds, rate):
    n = round(seconds * rate)
    noise = np.empty(n)
    state = 1
    for i in range(n):
        state = (1664525 * state + 1013904223) % 2**32
        noise[i] = state / 2**31 - 1
    t = np.arange(n) / rate
    return (0.5 * np.sin(2 * np.pi * (100 * t + 400 * t**2)) + 0.01 * noise).astype(np.float32)


def triangles(bands, window, rate):
    """(bands, window / 2): rising from the edge's bin to 1 at the next edge's bin, falling to the one after."""
    edges_mel = np.linspace(0, 1125 * np.log1p(rate / 2 / 700), bands + 2)
    edges = np.floor((window + 1) * 700 * np.expm1(edges_mel / 1125) / rate).astype(int)
    bins = np.arange(window // 2)
    filters = np.zeros((bands, window // 2))
    for j, (low, centre, high) in enumerate(zip(edges, edges[1:], edges[2:])):
        up = (bins >= low) & (bins < centre)
        down = (bins >= centre) & (bins < high)
        filters[j, up] = (bins[up] - low) / max(centre - low, 1)
        filters[j, down] = (high - bins[down]) / max(high - centre, 1)
    return filters


def features(clip, rate, window, hop, bands, seconds, starts, coefficients):
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / (window - 1))
    filters = triangles(bands, window, rate)
    length = round(seconds * rate)
    chunks = []
    for start in starts:
        cut = clip[round(start * rate) :][:length].astype(np.float64)
        cut = np.pad(np.pad(cut, (0, length - len(cut))), window // 2, mode="reflect")
        frames = np.stack([cut[t * hop : t * hop + window] for t in range(1 + length // hop)])
        power = np.abs(np.fft.rfft(frames * hann))[:, : window // 2] ** 2
        mel = np.log1p(power @ filters.T).T  # (bands, frames)
        if coefficients:
            k, j = np.meshgrid(np.arange(coefficients), np.arange(bands), indexing="ij")
            mel = 2 * np.cos(np.pi * k * (j + 0.5) / bands) @ mel
        chunks.append(mel)
    return np.stack(chunks)  # (chunks, bands, frames)


golden = {
    "generator": "test/golden/features.py",
    "tool": f"NumPy {np.__version__}",
    "featureVersion": int(sys.argv[1]),
    "signal": f"chirpWithNoise({CLIP_SECONDS} s)",
    "presets": {},
}
for name, spec in PRESETS.items():
    values = features(chirp_with_noise(CLIP_SECONDS, spec["rate"]), **spec)
    golden["presets"][name] = {
        "shape": values.shape,
        "bandMeans": [[round(float(v), 6) for v in row] for row in values.mean(axis=2)],  # (chunks, bands)
        "everyBand": 7,
        "everyFrame": 13,
        "sample": [round(float(v), 6) for v in values[:, ::7, ::13].ravel()],
    }
path = pathlib.Path(__file__).with_name("features.golden.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
