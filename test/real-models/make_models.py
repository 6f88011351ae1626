"""Models that nobody wrote for serkit, as TensorFlow.js saves them: what its exporter is tried on.

    pip install tensorflow-cpu==2.18.1
    pip install --no-deps tensorflowjs==4.22.0 tensorflow-hub tf-keras==2.18.0 importlib_resources
    python test/real-models/make_models.py [-o FOLDER] [NAME…]    # default: ~/.cache/serkit/real-models, all of them

The architectures of tf_keras.applications with random seeded weights, as layers models and as graph models, and functions
of TensorFlow (functions.py) with control flow of both versions. Each is a folder with model.json, its weights, and
examples.json: [{"inputs": {name: {"dtype", "shape", "values"}}, "outputs": the same, by TensorFlow itself}, …]. Outputs are
left out where weights are quantised: TensorFlow's own are not. manifest.json lists them with their formats and the versions.
A folder that is there is left alone.
"""

import os

os.environ |= {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}

import argparse
import contextlib
import json
import pathlib
import shutil
import sys
import tempfile
import types
import warnings
from unittest import mock

# What tensorflowjs imports for formats that are not made here.
for name in ("tensorflow_decision_forests", "jax", "jax.experimental", "jax.experimental.jax2tf"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["jax.experimental.jax2tf"].shape_poly = sys.modules["jax.experimental.jax2tf"].PolyShape = None
warnings.filterwarnings("ignore")

import numpy as np
import tensorflow as tf
import tensorflowjs
import tf_keras
from tensorflowjs.converters import save_keras_model
from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion
from tensorflowjs.converters.tf_saved_model_conversion_v2 import convert_tf_saved_model

from architectures import ARCHITECTURES, build, images
from functions import FUNCTIONS

# Where quantised copies are made too, and how.
QUANTISED = {"mobilenetv2": ("uint8", "uint16", "float16")}
# Where a graph model without fused operations is made too: what tf2onnx can read.
UNFUSED = ("mobilenetv2", "mobilenetv3small", "efficientnetb0", "densenet121", "resnet50")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", default="~/.cache/serkit/real-models", help="the folder, default %(default)s")
    parser.add_argument("names", nargs="*", help=f"{', '.join((*ARCHITECTURES, *FUNCTIONS))}; default: all")
    options = parser.parse_args()
    folder = pathlib.Path(options.output).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    failed = {}
    for name in options.names or (*ARCHITECTURES, *FUNCTIONS):
        make = make_architecture if name in ARCHITECTURES else make_function
        tf_keras.backend.clear_session()
        tf_keras.utils.set_random_seed(1)
        try:
            make(name, folder)
        except Exception as error:  # others can still be made
            failed[name] = error
        write_manifest(folder)
    if failed:
        sys.exit("\n".join(f"{name}: {str(error).strip()}" for name, error in failed.items()))


def make_architecture(name, folder):
    """NAME-layers and NAME-graph, quantised copies of both, and NAME-graph-unfused."""
    copies = [("layers", None), ("graph", None)]
    copies += [(form, dtype) for dtype in QUANTISED.get(name, ()) for form in ("layers", "graph")]
    copies += [("graph-unfused", None)] if name in UNFUSED else []
    wanted = [copy for copy in copies if not (folder / path_of(name, *copy)).exists()]
    if not wanted:
        return
    model = build(name)
    examples = []
    for batch in (1, 2):
        image = images(name, batch, seed=batch)
        examples.append(({model.input_names[0]: image}, {model.output_names[0]: model(image, training=False).numpy()}))
    with tempfile.TemporaryDirectory() as saved:
        model.save(saved, save_format="tf")
        for form, dtype in wanted:
            quantised = {dtype: True} if dtype else None
            with whole_folder(folder / path_of(name, form, dtype)) as path:
                if form == "layers":
                    save_keras_model(model, path, quantization_dtype_map=quantised)
                else:
                    with contextlib.nullcontext() if form == "graph" else without_fusion():
                        convert_tf_saved_model(saved, path, quantization_dtype_map=quantised)
                write_examples(path, signed(examples, path), with_outputs=dtype is None)


def signed(examples, path):
    """Examples of one input and one output by the names in the file, which are a graph's own."""
    signature = json.loads((pathlib.Path(path) / "model.json").read_text()).get("signature")
    if not signature:
        return examples
    (given,), (answer,) = signature["inputs"], signature["outputs"]
    return [({given: value for value in inputs.values()}, {answer: value for value in outputs.values()}) for inputs, outputs in examples]


def make_function(name, folder):
    """NAME-v1 with Switch and Merge, Enter and Exit; NAME-v2 with If and While. Those without control flow: NAME."""
    module, call, control_flow = FUNCTIONS[name]()
    inputs = [{key: np.asarray(value) for key, value in example.items()} for example in module.examples]
    examples = [(example, numpy_outputs(call(**example))) for example in inputs]
    for version in ("v1", "v2") if control_flow else (None,):
        path = folder / path_of(name, version)
        if path.exists():
            continue
        with tempfile.TemporaryDirectory() as saved, whole_folder(path) as path:
            tf.saved_model.save(module, saved, signatures={"serving_default": call})
            convert_tf_saved_model(saved, path, control_flow_v2=version == "v2")
            write_examples(path, [(inputs, renamed(outputs, path)) for inputs, outputs in examples], with_outputs=True)


@contextlib.contextmanager
def without_fusion():
    """The converter without its passes that fuse; batch normalisations are folded all the same."""
    optimise = conversion._run_grappler

    def without_remap(config, *rest):
        passes = config.graph_options.rewrite_options.optimizers
        passes[:] = [name for name in passes if name != "remap"]
        return optimise(config, *rest)

    with (
        mock.patch.object(conversion, "_run_grappler", without_remap),
        mock.patch.object(conversion.fuse_depthwise_conv2d, "fuse_depthwise_conv2d", lambda graph: graph),
    ):
        yield


def numpy_outputs(outputs):
    return {name: value.numpy() for name, value in outputs.items()}


def renamed(outputs, path):
    """By the names that the converter gave. Outputs of one type and shape it calls Identity, Identity_1, … in order."""
    signature = json.loads((pathlib.Path(path) / "model.json").read_text())["signature"]
    order = sorted(outputs)

    def position(tensor):
        _, _, number = tensor["name"].split(":")[0].partition("_")
        return int(number or 0)

    return {name: outputs[order[position(tensor)]] for name, tensor in signature["outputs"].items()}


def path_of(name, *parts):
    return "-".join([name, *(part for part in parts if part)])


class whole_folder:
    """A folder that is there only when all that belongs into it has been written."""

    def __init__(self, path):
        self.path, self.draft = path, path.with_name(f".{path.name}.draft")

    def __enter__(self):
        shutil.rmtree(self.draft, ignore_errors=True)
        self.draft.mkdir()
        return str(self.draft)

    def __exit__(self, kind, error, trace):
        if error is None:
            self.draft.rename(self.path)
            print(self.path, flush=True)
        else:
            shutil.rmtree(self.draft)


def write_examples(path, examples, with_outputs):
    def tensors(values):
        return {
            name: {"dtype": str(value.dtype), "shape": value.shape, "values": value.ravel().tolist()}
            for name, value in values.items()
        }

    found = [
        {"inputs": tensors(inputs), **({"outputs": tensors(outputs)} if with_outputs else {})}
        for inputs, outputs in examples
    ]
    (pathlib.Path(path) / "examples.json").write_text(json.dumps(found))


def write_manifest(folder):
    models = {}
    for path in sorted(folder.glob("*/model.json")):
        model = json.loads(path.read_text())
        models[path.parent.name] = {
            "format": model["format"],
            "shards": sum(len(group["paths"]) for group in model["weightsManifest"]),
            "weightBytes": sum(shard.stat().st_size for shard in path.parent.glob("*.bin")),
        }
    versions = {library.__name__: library.__version__ for library in (tf, tf_keras, tensorflowjs, np)}
    (folder / "manifest.json").write_text(json.dumps({"versions": versions, "models": models}, indent=2))


main()
