"""Holds the types and shapes that .onnx files declare against those that ONNX's own inference finds.

usage: infer_shapes.py [--partly] FILE…

Each file's declared values are taken away, inferred anew (strict, with data propagation), and compared: known sizes must be
the same, what ONNX knows must be known (not with --partly), and every value must have been declared. Prints "ok FILE compared declared"; exits 1 with the first difference.
Needs onnx.
"""

import os
import sys

import onnx


def described(values):
    found = {}
    for value in values:
        if value.type.WhichOneof("value") == "tensor_type" and value.type.tensor_type.HasField("shape"):
            tensor = value.type.tensor_type
            found[value.name] = (tensor.elem_type, [d.dim_value if d.HasField("dim_value") else None for d in tensor.shape.dim])
    return found


def differs(ours, theirs):
    if ours[0] != theirs[0] or len(ours[1]) != len(theirs[1]):
        return True
    return any(b is not None and a is not None and a != b for a, b in zip(ours[1], theirs[1]))


def compare(path):
    model = onnx.load(path)
    declared = described([*model.graph.value_info, *model.graph.output])
    made = [name for node in model.graph.node for name in node.output if name]
    all_values = {value.name for value in (*model.graph.value_info, *model.graph.output)}
    missing = [name for name in made if name not in all_values]
    if missing:
        raise ValueError(f"values without a declaration: {missing}")
    del model.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    found = described(inferred.graph.value_info)
    for name, theirs in found.items():
        if name in declared and differs(declared[name], theirs):
            raise ValueError(f"{name}: declared {declared[name]}, inferred {theirs}")
        if not partly and name in declared and any(a is None and b is not None for a, b in zip(declared[name][1], theirs[1])):
            raise ValueError(f"{name}: declared {declared[name]}, although {theirs} is known")
    return len(found), len(declared)


partly = "--partly" in sys.argv
for path in [each for each in sys.argv[1:] if each != "--partly"]:
    try:
        compared, declared = compare(path)
    except Exception as error:
        sys.exit(f"{os.path.basename(path)}: {error}")
    print(f"ok {os.path.basename(path)} {compared} {declared}")
