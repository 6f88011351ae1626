"""librosa and torchaudio as peers of `npm run bench:features -- --peers`: ln(1 + mel spectrogram) on one thread.

The only argument is a JSON object: library, signal (a file of raw float32), sampleRateHz, windowSamples, hopSamples, melBands.
First answer: how many values one computation gives, and versions. Then each {"times": n} on stdin is answered with the
milliseconds of n computations. The end of stdin ends it. Its requirements are in features_requirements.txt.
"""

import json
import os
import sys
import time

for variable in ("OMP", "MKL", "OPENBLAS", "NUMBA"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"

import numpy as np

task = json.loads(sys.argv[1])
signal = np.fromfile(task["signal"], dtype="<f4")
rate, window, hop, bands = (task[name] for name in ("sampleRateHz", "windowSamples", "hopSamples", "melBands"))


def librosa_mel():
    import librosa

    options = dict(sr=rate, n_fft=window, hop_length=hop, n_mels=bands, center=False, htk=True, norm=None)
    return lambda: np.log1p(librosa.feature.melspectrogram(y=signal, **options)), {"librosa": librosa.__version__}


def torchaudio_mel():
    import torch

    torch.version.cuda = None  # the processor alone is used, so torchaudio may be built for another CUDA
    import torchaudio

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    transform = torchaudio.transforms.MelSpectrogram(
        sample_rate=rate, n_fft=window, hop_length=hop, n_mels=bands, center=False
    )
    samples = torch.from_numpy(signal)
    versions = {"torch": torch.__version__, "torchaudio": torchaudio.__version__}
    return lambda: torch.log1p(transform(samples)).numpy(), versions


compute, versions = {"librosa": librosa_mel, "torchaudio": torchaudio_mel}[task["library"]]()


def say(**answer):
    print(json.dumps(answer), flush=True)


say(values=int(compute().size), versions=versions)
for line in sys.stdin:
    milliseconds = []
    for _ in range(json.loads(line)["times"]):
        started = time.perf_counter()
        compute()
        milliseconds.append((time.perf_counter() - started) * 1000)
    say(milliseconds=milliseconds)
