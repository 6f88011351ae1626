import { fromBinary } from '@bufbuild/protobuf';
import { type GraphProto, type ModelProto, ModelProtoSchema } from '../../onnx/proto/onnx_pb.js';

export const decoded = (bytes: Uint8Array): ModelProto => fromBinary(ModelProtoSchema, bytes);

/** The operators of a file in execution order. */
export const operators = (bytes: Uint8Array): string[] => decoded(bytes).graph!.node.map(({ opType }) => opType);

/** The operators of a file, those inside branches and loops too. */
export const allOperators = (bytes: Uint8Array): string[] => operatorsIn(decoded(bytes).graph!);

const operatorsIn = ({ node }: GraphProto): string[] =>
  node.flatMap(({ opType, attribute }) => [opType, ...attribute.flatMap(({ g }) => (g ? operatorsIn(g) : []))]);

/** How often each operator occurs. */
export function operatorCounts(bytes: Uint8Array): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const operator of operators(bytes)) counts[operator] = (counts[operator] ?? 0) + 1;
  return counts;
}

/** The strings of a file's metadata_props. */
export const metadataOf = (bytes: Uint8Array): Record<string, string> =>
  Object.fromEntries(decoded(bytes).metadataProps.map(({ key, value }) => [key, value]));
