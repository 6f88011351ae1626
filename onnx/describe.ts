import { fromBinary } from '@bufbuild/protobuf';
import type { Dimension } from './graph.js';
import {
  TensorProto_DataType as DataType,
  type GraphProto,
  ModelProtoSchema,
  type ValueInfoProto,
} from './proto/onnx_pb.js';

/** An input or output of an `.onnx` file. */
export interface Port {
  name: string;
  /** The element type by ONNX's name for it, in lower case: `float`, `int64`, … */
  type: string;
  /** Sizes, or the names of those that are free. */
  shape: Dimension[];
}

export interface ModelDescription {
  inputs: Port[];
  outputs: Port[];
  /** Operators, those inside of branches and loops too. */
  nodes: number;
  opset: number;
}

/**
 * What an `.onnx` file takes and gives, and how large its graph is.
 *
 * @throws Error where the bytes are no ONNX model
 */
export function describeModel(bytes: Uint8Array): ModelDescription {
  const { graph, opsetImport } = fromBinary(ModelProtoSchema, bytes);
  if (!graph) throw new SyntaxError('the file holds no graph; supported: an ONNX model');
  return {
    inputs: graph.input.map(port),
    outputs: graph.output.map(port),
    nodes: nodeCount(graph),
    opset: Number(opsetImport.find(({ domain }) => domain === '')?.version ?? 0),
  };
}

function port({ name, type }: ValueInfoProto): Port {
  if (type?.value.case !== 'tensorType') return { name, type: type?.value.case ?? 'unknown', shape: [] };
  const { elemType, shape } = type.value.value;
  return {
    name,
    type: DataType[elemType]?.toLowerCase() ?? 'unknown',
    shape: (shape?.dim ?? []).map(({ value }) =>
      value.case === 'dimValue' ? Number(value.value) : value.value || '?',
    ),
  };
}

const nodeCount = ({ node }: GraphProto): number =>
  node.reduce((sum, { attribute }) => sum + attribute.reduce((inner, { g }) => inner + (g ? nodeCount(g) : 0), 1), 0);
