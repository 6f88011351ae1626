"""Golden pitches for test/features/pitch.test.ts, by librosa's YIN.

    pip install librosa
    python test/golden/pitch.py    # writes test/golden/pitch.golden.json
"""

import json
import pathlib

import librosa
import numpy as np

RATE = 16000
HOP = 160
TONES_HZ = [95, 130, 175.5, 220, 262, 318, 391, 466]
SECONDS = 0.3
HARMONICS = [0.2, 0.3, 0.15, 0.1]
NOISE = 0.03
SEED = 7

noise = np.empty(round(len(TONES_HZ) * SECONDS * RATE))
state = SEED
for i in range(len(noise)):
    state = (1664525 * state + 1013904223) % 2**32
    noise[i] = state / 2**31 - 1
i = np.arange(len(noise))
hz = np.array(TONES_HZ)[(i // (SECONDS * RATE)).astype(int)]
signal = sum(a * np.sin(2 * np.pi * (k + 1) * hz * i / RATE) for k, a in enumerate(HARMONICS)) + NOISE * noise

pitch = librosa.yin(
    signal.astype(np.float32), fmin=60, fmax=500, sr=RATE, frame_length=1024, hop_length=HOP, trough_threshold=0.1
)
golden = {
    "generator": f"librosa {librosa.__version__}, librosa.yin, frame 1024, threshold 0.1",
    "sampleRateHz": RATE,
    "hopSamples": HOP,
    "tonesHz": TONES_HZ,
    "secondsEach": SECONDS,
    "harmonics": HARMONICS,
    "noise": NOISE,
    "noiseSeed": SEED,
    "hz": [round(float(value), 3) for value in pitch],
}
pathlib.Path(__file__).with_name("pitch.golden.json").write_text(json.dumps(golden, indent=1) + "\n")
