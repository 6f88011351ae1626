import proto from 'onnx-proto';

const { onnx } = proto;
type TensorProto = proto.onnx.ITensorProto;
type GraphProto = proto.onnx.IGraphProto;
type AttributeProto = proto.onnx.IAttributeProto;
type ValueInfoProto = proto.onnx.IValueInfoProto;

const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('utf8');
const hex = (bytes: ArrayBufferView): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
const floatHex = (value: number): string => hex(Float32Array.of(value));

/** Bytes an element, and how an integer is read, by TensorProto.DataType. */
const integers: Readonly<Record<number, (bytes: Buffer) => string[]>> = {
  2: (bytes) => [...bytes].map(String),
  3: (bytes) => [...bytes].map((byte) => String((byte << 24) >> 24)),
  6: (bytes) => Array.from({ length: bytes.length / 4 }, (_, i) => String(bytes.readInt32LE(4 * i))),
  7: (bytes) => Array.from({ length: bytes.length / 8 }, (_, i) => String(bytes.readBigInt64LE(8 * i))),
  9: (bytes) => [...bytes].map(String),
};

function tensor({ name, dataType, dims, rawData, stringData }: TensorProto) {
  const bytes = Buffer.from(rawData ?? []);
  const data = dataType === 8 ? stringData!.map(text) : (integers[dataType!]?.(bytes) ?? [hex(bytes)]);
  return { name, type: dataType, dims: dims!.map(Number), data };
}

function attribute({ type, i, f, s, ints, floats, strings, t, g }: AttributeProto) {
  const kind = onnx.AttributeProto.AttributeType[type!];
  const values: Readonly<Record<string, () => unknown>> = {
    INT: () => [String(i)],
    FLOAT: () => [floatHex(f!)],
    STRING: () => [text(s)],
    INTS: () => ints!.map(String),
    FLOATS: () => floats!.map(floatHex),
    STRINGS: () => strings!.map(text),
    TENSOR: () => tensor(t!),
    GRAPH: () => graph(g!),
  };
  return [kind, values[kind]()];
}

function valueInfo({ name, type }: ValueInfoProto) {
  const kind = type!.sequenceType ? 'sequence_type' : 'tensor_type';
  const held = (type!.sequenceType?.elemType ?? type!).tensorType!;
  return [name, kind, held.elemType, held.shape!.dim!.map(({ dimParam, dimValue }) => dimParam || Number(dimValue))];
}

function graph({ name, node, initializer, input, output, valueInfo: values }: GraphProto): object {
  return {
    name,
    nodes: node!.map((each) => {
      const attributes = Object.fromEntries(each.attribute!.map((entry) => [entry.name, attribute(entry)]));
      return [each.opType, each.domain, each.name, each.input, each.output, attributes];
    }),
    initializers: initializer!.map(tensor),
    inputs: input!.map(valueInfo),
    outputs: output!.map(valueInfo),
    values: values!.map(valueInfo),
  };
}

/** What a file holds as npm's onnx-proto reads it, in the form of describe_model.py. */
export function described(bytes: Uint8Array): object {
  const model = onnx.ModelProto.decode(bytes);
  return {
    ir: Number(model.irVersion),
    opsets: model.opsetImport.map(({ domain, version }) => [domain, Number(version)]),
    producer: [model.producerName, model.producerVersion],
    metadata: model.metadataProps.map(({ key, value }) => [key, value]),
    graph: graph(model.graph!),
  };
}
