"""tf2onnx as a peer of `npm run bench:export -- --peers`: converts the graph models that it is named.

First answer on stdout: {"versions"}. Each line {"model", "output", "opset"} on stdin is answered with {"seconds"}, of the
conversion alone, or {"error"}. Its requirements are in tf2onnx_requirements.txt: it needs a TensorFlow of 2023.
"""

import json
import os
import sys
import time

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever libraries print is not an answer

import numpy as np
import tensorflow as tf
import tf2onnx
from tf2onnx.convert import _convert_common  # what its command line calls for --tfjs


def say(**answer):
    print(json.dumps(answer), file=answers, flush=True)


def convert(model, output, opset):
    started = time.perf_counter()
    with tf.device("/cpu:0"):
        _convert_common(None, name=model, opset=opset, tfjs_path=model, output_path=output)
    return time.perf_counter() - started


say(versions={"tf2onnx": tf2onnx.__version__, "tensorflow (tf2onnx)": tf.__version__, "numpy": np.__version__})
for line in sys.stdin:
    try:
        say(seconds=convert(**json.loads(line)))
    except Exception as error:
        say(error=f"{type(error).__name__}: {str(error).strip() or 'without a message'}".splitlines()[0][:300])
