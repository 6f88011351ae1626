#!/bin/sh
# Writes onnx_pb.ts, the ONNX protobuf messages, from the onnx.proto that Python's onnx package ships.
# Needs Python (venv, pip) and npm. Run from anywhere; commit the result.
# Last run with: onnx 1.23.2 (onnx.proto), grpcio-tools 1.85.1 (protoc), @bufbuild/protoc-gen-es 2.17.0.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet onnx==1.23.2 grpcio-tools==1.85.1
npm install --silent --prefix "$work" @bufbuild/protoc-gen-es@2.17.0
definitions=$("$work/venv/bin/python" -c 'import onnx, os; print(os.path.dirname(onnx.__file__))')
PATH="$work/node_modules/.bin:$PATH" "$work/venv/bin/python" -m grpc_tools.protoc \
  -I"$definitions" --es_out="$here" --es_opt=target=ts,import_extension=js "$definitions/onnx.proto"
