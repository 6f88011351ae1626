"""Speech emotion recognition the way a usual Python service does it: soundfile, librosa, onnxruntime.

The model is one of serkit's files; how to get from samples to its input is read from its metadata. The mel filters are
librosa's, not Meyda's: the work is the same, the numbers are not quite.
"""

import io
import json
import time

import librosa
import numpy as np
import onnxruntime as ort
import soundfile

STAGES = ("decode", "resample", "features", "model")


class Recogniser:
    def __init__(self, model, threads=1):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        metadata = self.session.get_modelmeta().custom_metadata_map
        self.labels = json.loads(metadata["serkit.labels"])
        self.spec = json.loads(metadata["serkit.feature_spec"])
        self.rate = self.spec["sampleRateHz"]
        self.input_name = self.session.get_inputs()[0].name
        self.takes_waveform = metadata["serkit.input"] == "waveform"
        normalisation = json.loads(metadata["serkit.normalisation"])
        self.mean = np.array(normalisation["mean"], "float32")[:, None]
        self.deviation = np.array(normalisation["deviation"], "float32")[:, None]

    def classify(self, data):
        """A file's bytes → label, probabilities, milliseconds of each stage."""
        at = [time.perf_counter()]
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
        samples = samples.mean(axis=1) if samples.shape[1] > 1 else samples[:, 0]
        at.append(time.perf_counter())
        if rate != self.rate:
            samples = librosa.resample(samples, orig_sr=rate, target_sr=self.rate)
        at.append(time.perf_counter())
        given = samples[None] if self.takes_waveform else self.features(samples)
        at.append(time.perf_counter())
        [probabilities, *_] = self.session.run(None, {self.input_name: given})
        at.append(time.perf_counter())
        stages = {stage: (end - start) * 1000 for stage, start, end in zip(STAGES, at, at[1:])}
        return {
            "label": self.labels[int(probabilities[0].argmax())],
            "probabilities": dict(zip(self.labels, map(float, probabilities[0]))),
            "milliseconds": {**stages, "total": (at[-1] - at[0]) * 1000},
        }

    def features(self, samples):
        """(1, bands, frames, 1), or (1, chunks, bands, frames, 1) where there are several chunks."""
        length = round(self.spec["chunkSeconds"] * self.rate)
        chunks = [
            librosa.util.fix_length(samples[round(start * self.rate) :][:length], size=length)
            for start in self.spec["chunkStartsSeconds"]
        ]
        bands = [
            librosa.feature.melspectrogram(
                y=chunk,
                sr=self.rate,
                n_fft=self.spec["windowSamples"],
                hop_length=self.spec["hopSamples"],
                n_mels=self.spec["melBands"],
                pad_mode="reflect",
                htk=True,
                norm=None,
            )
            for chunk in chunks
        ]
        features = (np.log1p(np.stack(bands)) - self.mean) / self.deviation
        return features[None if len(chunks) > 1 else slice(None)][..., None].astype("float32")


def versions():
    return {
        "librosa": librosa.__version__,
        "onnxruntime (Python)": ort.__version__,
        "soundfile": soundfile.__version__,
        "numpy": np.__version__,
    }
