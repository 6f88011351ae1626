import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { TensorProto_DataType as DataType, ModelProtoSchema, type ValueInfoProto } from '../proto/onnx_pb.js';

/** A file that gives every float32 value inside it as an output too: what calibration looks at. */
export function withEveryValue(file: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, file);
  const { graph } = model;
  if (graph) graph.output.push(...graph.valueInfo.filter(isFloat32));
  return toBinary(ModelProtoSchema, model);
}

const isFloat32 = ({ type }: ValueInfoProto): boolean =>
  type?.value.case === 'tensorType' && type.value.value.elemType === DataType.FLOAT;
