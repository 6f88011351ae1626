"""Checks .onnx files, and their values, with the reference implementation of ONNX.

usage: check_model.py FILE…

Each FILE is a model. Beside it may stand FILE.json, {"inputs": [{"type", "shape", "values"}, …], "outputs":
[{"shape", "values"}, …]}: then the reference evaluator must give those outputs. Recurrent operators it computes with their
default activations alone and over all steps, whatever sequence_lens says, so that the values of models with others are not
looked at. Prints a line a file, "ok FILE |Δ|";
exits 1 with the checker's own message otherwise. Needs onnx and numpy.
"""

import json
import os
import sys

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator


def check(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    declared = {value.name for value in (*model.graph.value_info, *model.graph.output)}
    missing = [name for node in inferred.graph.node for name in node.output if name and name not in declared]
    if missing:
        raise ValueError(f"values without a shape: {missing}")
    if not os.path.exists(f"{path}.json") or not all(is_evaluated(node) for node in model.graph.node):
        return 0.0
    with open(f"{path}.json") as file:
        case = json.load(file)
    inputs = [array(value) for value in case["inputs"]]
    feeds = {model.graph.input[i].name: value for i, value in enumerate(inputs)}
    gaps = []
    for actual, value in zip(ReferenceEvaluator(model).run(None, feeds), case["outputs"], strict=True):
        expected = array(value)
        if actual.shape != expected.shape:
            raise ValueError(f"shape {actual.shape}, expected {expected.shape}")
        gaps.append(np.max(np.abs(actual - expected)))
    return float(max(gaps))


def is_evaluated(node):
    default = {"LSTM": [b"Sigmoid", b"Tanh", b"Tanh"], "GRU": [b"Sigmoid", b"Tanh"], "RNN": [b"Tanh"]}
    if node.op_type not in default:
        return True
    sequence_lens = node.input[4] if len(node.input) > 4 else ""
    activations = [list(each.strings) for each in node.attribute if each.name == "activations"]
    return not sequence_lens and all(names == default[node.op_type] for names in activations)


def array(value):
    return np.array(value["values"], value.get("type", "float32")).reshape(value["shape"])


for path in sys.argv[1:]:
    try:
        gap = check(path)
    except Exception as error:
        sys.exit(f"{path}: {error}")
    print(f"ok {os.path.basename(path)} {gap:.3g}")
