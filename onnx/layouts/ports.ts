import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type ValueInfoProto } from '../proto/onnx_pb.js';

/** An input or output of a file. */
export interface Port {
  readonly name: string;
  /** TensorProto.DataType. */
  readonly elementType: number;
  /** Sizes that are known, names of the others. */
  readonly shape: readonly (number | string)[];
}

/** What an `.onnx` file takes and gives. @throws SyntaxError for bytes that are none */
export function portsOf(model: Uint8Array): { inputs: Port[]; outputs: Port[] } {
  let graph: ReturnType<typeof decode>;
  try {
    graph = decode(model);
  } catch {
    throw new SyntaxError('the model is no ONNX file, or cut short');
  }
  if (!graph) throw new SyntaxError('the model has no graph: it is no ONNX file');
  return { inputs: graph.input.map(port), outputs: graph.output.map(port) };
}

const decode = (model: Uint8Array) => fromBinary(ModelProtoSchema, model).graph;

function port({ name, type }: ValueInfoProto): Port {
  if (type?.value.case !== 'tensorType')
    throw new TypeError(`"${name}" is no tensor: only tensors go in and out of a served model`);
  const { elemType, shape } = type.value.value;
  const sizes = (shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : (value.value ?? ''),
  );
  return { name, elementType: elemType, shape: sizes };
}
