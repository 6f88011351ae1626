import { create, toBinary } from '@bufbuild/protobuf';
import type { Attribute, Dimension, ElementType, Graph, Node, Value } from './graph.js';
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
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion,
      opsetImport: [{ domain: '', version: BigInt(opset) }],
      producerName: 'serkit',
      producerVersion,
      graph: {
        name,
        node: graph.nodes.map(nodeProto),
        initializer: graph.constants().map(tensorProto),
        input: graph.inputs.map(valueInfo),
        output: graph.outputs.map(valueInfo),
        valueInfo: graph.nodes
          .map((node) => node.output)
          .filter((value) => !outputs.has(value))
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

function nodeProto({ op, name, inputs, output, attributes }: Node): NodeProto {
  return create(NodeProtoSchema, {
    opType: op,
    name,
    input: inputs.map((value) => value.name),
    output: [output.name],
    attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
  });
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

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
