import { create, toBinary } from '@bufbuild/protobuf';
import {
  type Attribute,
  type Dimension,
  type ElementType,
  type Graph,
  type Node,
  outputsOf,
  type Value,
} from './graph.js';
import { metadataProps } from './metadata.js';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './proto/onnx_pb.js';

/** IR version 8 goes with opset 17 (onnx/docs/Versioning.md); onnxruntime since 1.13 reads both. */
const irVersion = 8n;

export interface EncodeOptions {
  readonly opset: number;
  readonly name: string;
  readonly producerVersion: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Graph → the bytes of an ONNX ModelProto, a shape beside every value. */
export function encode(graph: Graph, { opset, name, producerVersion, metadata }: EncodeOptions): Uint8Array {
  const outputs = new Set(graph.outputs);
  const used = graph.used();
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion,
      opsetImport: [{ domain: '', version: BigInt(opset) }],
      producerName: 'serkit',
      producerVersion,
      graph: {
        name,
        node: graph.nodes.map((node) => nodeProto(node, used)),
        initializer: graph.constants().map(tensorProto),
        input: graph.inputs.map(valueInfo),
        output: graph.outputs.map(valueInfo),
        valueInfo: graph.nodes
          .flatMap((node) => writtenOutputs(node, used))
          .filter((value): value is Value => value !== undefined && !outputs.has(value))
          .map(valueInfo),
      },
      metadataProps: metadataProps(metadata),
    }),
  );
}

const dataTypes: Record<ElementType, DataType> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  int64: DataType.INT64,
};

/** Operators whose outputs are optional. Any other's must be named, read or not: onnxruntime crashes otherwise. */
const withOptionalOutputs: readonly string[] = ['GRU', 'LSTM', 'RNN'];

/** A node's outputs in the file; undefined for one that is left out. */
function writtenOutputs(node: Node, used: ReadonlySet<Value>): (Value | undefined)[] {
  if (!withOptionalOutputs.includes(node.op)) return outputsOf(node);
  const outputs = outputsOf(node).map((value) => (used.has(value) ? value : undefined));
  return outputs.slice(0, outputs.findLastIndex((value) => value) + 1);
}

function nodeProto(node: Node, used: ReadonlySet<Value>): NodeProto {
  const { op, name, inputs, attributes } = node;
  return create(NodeProtoSchema, {
    opType: op,
    name,
    input: inputs.map((value) => value.name),
    output: writtenOutputs(node, used).map((value) => value?.name ?? ''),
    attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
  });
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if (isStrings(value)) {
    const strings = value.map((item) => new TextEncoder().encode(item));
    return create(AttributeProtoSchema, { name, type: AttributeType.STRINGS, strings });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

const isStrings = (list: readonly number[] | readonly string[]): list is readonly string[] =>
  typeof list[0] === 'string';

/** Elements as raw bytes, little-endian as the format demands and as every platform that runs JavaScript has them. */
function tensorProto({ name, constant }: Value): TensorProto {
  const { type, shape, data } = constant!;
  return create(TensorProtoSchema, {
    name,
    dataType: dataTypes[type],
    dims: shape.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

function valueInfo({ name, type, shape }: Value): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: { case: 'tensorType', value: { elemType: dataTypes[type], shape: { dim: shape.map(dimension) } } },
    },
  });
}

const dimension = (size: Dimension) => ({
  value:
    typeof size === 'number'
      ? { case: 'dimValue' as const, value: BigInt(size) }
      : { case: 'dimParam' as const, value: size },
});
