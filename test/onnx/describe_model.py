"""Prints what an .onnx file holds as JSON: nodes, attributes, initializers, values. Needs onnx and numpy.

usage: describe_model.py FILE
"""

import json
import sys

import numpy as np
import onnx
from onnx import numpy_helper


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def numbers(array):
    if array.dtype == object:
        return [text(value) for value in array.ravel().tolist()]
    if array.dtype.kind in "iub":
        return [str(int(value)) for value in array.ravel().tolist()]
    return [array.astype(array.dtype.newbyteorder("<")).tobytes().hex()]


def tensor(proto):
    return {"name": proto.name, "type": proto.data_type, "dims": list(proto.dims), "data": numbers(numpy_helper.to_array(proto))}


def attribute(proto):
    kind = onnx.AttributeProto.AttributeType.Name(proto.type)
    value = onnx.helper.get_attribute_value(proto)
    if kind == "TENSOR":
        return [kind, tensor(value)]
    if kind == "GRAPH":
        return [kind, graph(value)]
    if kind in ("FLOAT", "FLOATS"):
        return [kind, [np.float32(each).tobytes().hex() for each in np.ravel(value)]]
    return [kind, [str(text(each)) for each in (value if isinstance(value, (list, tuple)) or kind.endswith("S") else [value])]]


def value_info(proto):
    kind = proto.type.WhichOneof("value")
    held = proto.type.tensor_type if kind == "tensor_type" else proto.type.sequence_type.elem_type.tensor_type
    return [proto.name, kind, held.elem_type, [each.dim_param or each.dim_value for each in held.shape.dim]]


def graph(proto):
    return {
        "name": proto.name,
        "nodes": [
            [node.op_type, node.domain, node.name, list(node.input), list(node.output), {a.name: attribute(a) for a in node.attribute}]
            for node in proto.node
        ],
        "initializers": [tensor(each) for each in proto.initializer],
        "inputs": [value_info(each) for each in proto.input],
        "outputs": [value_info(each) for each in proto.output],
        "values": [value_info(each) for each in proto.value_info],
    }


model = onnx.load(sys.argv[1])
description = {
    "ir": model.ir_version,
    "opsets": [[each.domain, each.version] for each in model.opset_import],
    "producer": [model.producer_name, model.producer_version],
    "metadata": [[each.key, each.value] for each in model.metadata_props],
    "graph": graph(model.graph),
}
print(json.dumps(description))
