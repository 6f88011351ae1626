import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { decodeModelMetadata, type ModelMetadata } from './metadata.js';

export { encodeModelMetadata, type ModelMetadata } from './metadata.js';

/** Field numbers of onnx.proto: ModelProto's graph and metadata_props, StringStringEntryProto's key and value. */
const GRAPH = 7;
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;

/**
 * What an `.onnx` file says about itself. onnxruntime's JavaScript interface does not hand metadata_props over, so
 * they are read from the file's top level; the graph is skipped, not parsed.
 *
 * @param name of the file, for messages
 * @throws SyntaxError for what is no ONNX file or was cut short, and as `decodeModelMetadata` does
 */
export function readModelMetadata(bytes: Uint8Array, name: string): ModelMetadata {
  if (bytes.length === 0)
    throw new SyntaxError(`${name}: the file is empty; supported: .onnx files from \`serkit export\``);
  let strings: Map<string, string> | undefined;
  try {
    strings = metadataStrings(bytes);
  } catch {
    // The reader's own message names an offset at best; what matters is said below.
  }
  if (!strings)
    throw new SyntaxError(`${name}: not an ONNX file, or cut short; supported: .onnx files from \`serkit export\``);
  return decodeModelMetadata(strings, name);
}

/** metadata_props of a ModelProto; undefined without a graph, which every model has. */
function metadataStrings(bytes: Uint8Array): Map<string, string> | undefined {
  const reader = new BinaryReader(bytes);
  const strings = new Map<string, string>();
  let hasGraph = false;
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === METADATA_PROPS && wireType === WireType.LengthDelimited) {
      const [key, value] = readEntry(reader.bytes());
      strings.set(key, value);
    } else {
      hasGraph ||= field === GRAPH && wireType === WireType.LengthDelimited;
      reader.skip(wireType, field);
    }
  }
  return hasGraph ? strings : undefined;
}

function readEntry(bytes: Uint8Array): [key: string, value: string] {
  const reader = new BinaryReader(bytes);
  const entry: [string, string] = ['', ''];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === KEY) entry[0] = reader.string();
    else if (field === VALUE) entry[1] = reader.string();
    else reader.skip(wireType, field);
  }
  return entry;
}
