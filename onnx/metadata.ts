import { create } from '@bufbuild/protobuf';
import { type StringStringEntryProto, StringStringEntryProtoSchema } from './proto/onnx_pb.js';

/** ModelProto.metadata_props: pairs of strings that every ONNX runtime hands to whoever asks, sorted by key. */
export const metadataProps = (metadata: Readonly<Record<string, string>>): StringStringEntryProto[] =>
  Object.entries(metadata)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
