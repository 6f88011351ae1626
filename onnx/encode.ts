import { create, toBinary } from '@bufbuild/protobuf';
import type { ExternalData } from './external-data.js';
import {
  type Attribute,
  type Dimension,
  type ElementType,
  type Graph,
  type Node,
  outputsOf,
  subgraphsOf,
  type Value,
} from './graph.js';
import { metadataProps } from './metadata.js';
import { irVersionOf, type Opset } from './opset/index.js';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './proto/onnx_pb.js';

export interface EncodeOptions {
  readonly opset: Opset;
  readonly name: string;
  readonly producerVersion: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Takes the bytes of large weights instead of the file. */
  readonly externalData?: ExternalData;
}

/** Graph → the bytes of an ONNX ModelProto, a shape beside every value. */
export function encode(graph: Graph, options: EncodeOptions): Uint8Array {
  const { opset, name, producerVersion, metadata, externalData } = options;
  const others = new Set(nodesWithin(graph).flatMap(({ domain }) => domain ?? []));
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(irVersionOf(opset)),
      opsetImport: [
        { domain: '', version: BigInt(opset) },
        ...[...others].sort().map((domain) => ({ domain, version: versions[domain](opset) })),
      ],
      producerName: 'serkit',
      producerVersion,
      graph: {
        ...graphProto(graph, name),
        initializer: graph.constants().map((value) => initializer(value, externalData)),
      },
      metadataProps: metadataProps(metadata),
    }),
  );
}

/** Versions of the operator sets beside ai.onnx that nodes may come from. */
const versions: Record<NonNullable<Node['domain']>, (opset: Opset) => bigint> = {
  'ai.onnx.ml': (opset) => (opset < 17 ? 2n : 3n),
};

const nodesWithin = (graph: Graph): Node[] =>
  graph.nodes.flatMap((node) => [node, ...subgraphsOf(node).flatMap(nodesWithin)]);

/** Constants are the whole file's: graphs inside read those of the outermost. */
function graphProto(graph: Graph, name: string): GraphProto {
  const outputs = new Set(graph.outputs);
  const used = graph.used();
  return create(GraphProtoSchema, {
    name,
    node: graph.nodes.map((node) => nodeProto(node, used)),
    input: graph.inputs.map(valueInfo),
    output: graph.outputs.map(valueInfo),
    valueInfo: graph.nodes
      .flatMap((node) => writtenOutputs(node, used))
      .filter((value): value is Value => value !== undefined && !outputs.has(value))
      .map(valueInfo),
  });
}

const dataTypes: Record<ElementType, DataType> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  int8: DataType.INT8,
  uint8: DataType.UINT8,
  int32: DataType.INT32,
  int64: DataType.INT64,
  bool: DataType.BOOL,
  string: DataType.STRING,
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
  const { op, domain, name, inputs, attributes } = node;
  return create(NodeProtoSchema, {
    opType: op,
    ...(domain && { domain }),
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
  if ('floats' in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...value.floats] });
  if ('tensor' in value)
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.TENSOR,
      t: tensorProto({ name: '', constant: value.tensor }),
    });
  if ('graph' in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: graphProto(value.graph, name) });
  if (isStrings(value)) {
    const strings = value.map((item) => new TextEncoder().encode(item));
    return create(AttributeProtoSchema, { name, type: AttributeType.STRINGS, strings });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

const isStrings = (list: readonly number[] | readonly string[]): list is readonly string[] =>
  typeof list[0] === 'string';

function initializer(value: Value, externalData: ExternalData | undefined): TensorProto {
  const place = externalData?.place(value.constant!);
  if (!externalData || !place) return tensorProto(value);
  const { type, shape } = value.constant!;
  const entries = { location: externalData.location, offset: place.offset, length: place.length };
  return create(TensorProtoSchema, {
    name: value.name,
    dataType: dataTypes[type],
    dims: shape.map(BigInt),
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, entry]) =>
      create(StringStringEntryProtoSchema, { key, value: String(entry) }),
    ),
  });
}

/** Elements as raw bytes, little-endian as the format demands and as every platform that runs JavaScript has them. */
function tensorProto({ name, constant }: Pick<Value, 'name' | 'constant'>): TensorProto {
  const { type, shape, data } = constant!;
  return create(TensorProtoSchema, {
    name,
    dataType: dataTypes[type],
    dims: shape.map(BigInt),
    ...(Array.isArray(data)
      ? { stringData: data.map((text) => new TextEncoder().encode(text)) }
      : { rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }),
  });
}

function valueInfo({ name, type, shape, sequence }: Value): ValueInfoProto {
  const tensor = {
    case: 'tensorType' as const,
    value: { elemType: dataTypes[type], shape: { dim: shape.map(dimension) } },
  };
  const value = sequence ? { case: 'sequenceType' as const, value: { elemType: { value: tensor } } } : tensor;
  return create(ValueInfoProtoSchema, { name, type: { value } });
}

const dimension = (size: Dimension) => ({
  value:
    typeof size === 'number'
      ? { case: 'dimValue' as const, value: BigInt(size) }
      : { case: 'dimParam' as const, value: size },
});
