"""Checks .onnx files, and their values, with the reference implementation of ONNX.

usage: check_model.py FILE…

Each FILE is a model with one float32 input. Beside it may stand FILE.json, {"input": {"shape", "values"}, "output":
{"shape", "values"}}: then the reference evaluator must give that output. Prints a line a file, "ok FILE |Δ|"; exits 1
with the checker's own message otherwise. Needs onnx and numpy.
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
    missing = [name for node in inferred.graph.node for name in node.output if name not in declared]
    if missing:
        raise ValueError(f"values without a shape: {missing}")
    if not os.path.exists(f"{path}.json"):
        return 0.0
    with open(f"{path}.json") as file:
        case = json.load(file)
    x = np.array(case["input"]["values"], np.float32).reshape(case["input"]["shape"])
    expected = np.array(case["output"]["values"], np.float32).reshape(case["output"]["shape"])
    (actual,) = ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x})
    if actual.shape != expected.shape:
        raise ValueError(f"shape {actual.shape}, expected {expected.shape}")
    return float(np.max(np.abs(actual - expected)))


for path in sys.argv[1:]:
    try:
        gap = check(path)
    except Exception as error:
        sys.exit(f"{path}: {error}")
    print(f"ok {os.path.basename(path)} {gap:.3g}")
