"""How a peer talks with the bench: JSON lines, commands on stdin and answers on stdout.

The only argument is a JSON object: model, shape (chunks, bands, frames), labels, batch, learningRate, threads.
First answer: parameters, device, versions. Then each command {"steps": n} is answered with the milliseconds and losses
of n steps, after one that does not count, and the largest memory that the process has held. The end of stdin ends it.
"""

import json
import math
import resource
import sys
import time

import numpy as np


def task():
    return json.loads(sys.argv[1])


def ripples(task):
    """Noise with a ripple, faster from label to label: features (batch, chunks, bands, frames), labels (batch,)."""
    labels = task["labels"]
    frames = np.arange(task["shape"][-1])
    ripple = 2 * np.sin(np.pi * np.arange(1, labels + 1)[:, None] * frames / (labels + 1))
    noise = np.random.default_rng(1).standard_normal((labels, *task["shape"]))
    patterns = (noise + ripple[:, None, None, :]).astype("float32")
    truth = np.arange(task["batch"]) % labels
    return patterns[truth], truth


def say(**answer):
    print(json.dumps(answer), flush=True)


def peak_memory_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def serve(step, parameters, device, versions):
    """Answers the bench. `step` trains one step and returns its loss as a float."""
    say(parameters=parameters, device=device, versions=versions)
    for line in sys.stdin:
        milliseconds, losses = [], []
        step()
        for _ in range(json.loads(line)["steps"]):
            started = time.perf_counter()
            loss = float(step())
            milliseconds.append((time.perf_counter() - started) * 1000)
            losses.append(loss if math.isfinite(loss) else None)
        say(milliseconds=milliseconds, losses=losses, peakMemoryBytes=peak_memory_bytes())
