"""Prints, as JSON, the versions of every operator of ai.onnx up to opset 22: {"Add": [1, 6, 7, 13, 14], …}. Needs onnx."""

import collections
import json

import onnx.defs

versions = collections.defaultdict(set)
for schema in onnx.defs.get_all_schemas_with_history():
    if schema.domain == "" and schema.since_version <= 22 and not schema.deprecated:
        versions[schema.name].add(schema.since_version)
print(json.dumps({name: sorted(numbers) for name, numbers in sorted(versions.items())}))
