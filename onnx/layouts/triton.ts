import type { Port } from '../describe.js';
import type { Folder } from './folder.js';
import { portsOf } from './ports.js';

export interface TritonOptions {
  /** The model's name in the repository, which its folder must have. */
  name: string;
  /** The `.onnx` file. */
  model: Uint8Array;
  /** Names of the columns of an output, by its name. Default: none. */
  labels?: Readonly<Record<string, readonly string[]>>;
  /** Most requests that the server puts into one batch, where the file's batch is free. Default 32. */
  maxBatchSize?: number;
}

/**
 * A model of a Triton (or KServe) model repository: `config.pbtxt`, `1/model.onnx`, and `labels_OUTPUT.txt` for each output
 * that has labels. The folder belongs into the repository under the model's name.
 *
 * Where every input and output has a free first axis, that is the batch, which the configuration leaves out: the server
 * joins requests of equal shapes (dynamic batching). Otherwise it takes requests as they are.
 *
 * @throws RangeError for a name that is no folder's, labels of an output that is not there, or a number of labels that the
 *   output has not; TypeError for a type that Triton does not know
 * Source: triton-inference-server/common, model_config.proto; server docs, model_configuration.md.
 */
export function tritonFolder({ name, model, labels = {}, maxBatchSize = 32 }: TritonOptions): Folder {
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name))
    throw new RangeError(`model name "${name}" is no folder's (supported: letters, digits, "_", "-" and ".")`);
  if (!Number.isInteger(maxBatchSize) || maxBatchSize < 1)
    throw new RangeError(`largest batch ${maxBatchSize} is not supported (supported: 1 and up)`);
  const { inputs, outputs } = portsOf(model);
  for (const [output, names] of Object.entries(labels)) assertLabels(output, names, outputs);
  const batched = [...inputs, ...outputs].every(({ shape }) => typeof shape[0] === 'string');
  const listed = (kind: string, ports: readonly Port[]) =>
    `${kind} [\n${ports.map((port) => portText(port, batched, labels[port.name] && labelFile(port.name))).join(',\n')}\n]`;
  const config = [
    `name: ${quoted(name)}`,
    'platform: "onnxruntime_onnx"',
    `max_batch_size: ${batched ? maxBatchSize : 0}`,
    listed('input', inputs),
    listed('output', outputs),
    ...(batched ? ['dynamic_batching { }'] : []),
  ];
  const labelFiles = Object.entries(labels).map(([output, names]) => [labelFile(output), `${names.join('\n')}\n`]);
  return { 'config.pbtxt': `${config.join('\n')}\n`, '1/model.onnx': model, ...Object.fromEntries(labelFiles) };
}

const labelFile = (output: string): string => `labels_${output.replaceAll(/[^\w.-]/g, '_')}.txt`;

/** Protobuf's text format. */
const quoted = (text: string): string => JSON.stringify(text);

function portText({ name, type, shape }: Port, batched: boolean, labels: string | undefined): string {
  const dataType = types[type];
  if (!dataType) throw new TypeError(`"${name}" is of type ${type}, which Triton does not know`);
  const sizes = (batched ? shape.slice(1) : shape).map((size) => (typeof size === 'number' ? size : -1));
  // A request's own shape must have an axis: of single values it is 1, and taken off again.
  const dims = sizes.length > 0 ? [`dims: [ ${sizes.join(', ')} ]`] : ['dims: [ 1 ]', 'reshape: { shape: [ ] }'];
  const fields = [`name: ${quoted(name)}`, `data_type: ${dataType}`, ...dims];
  if (labels !== undefined) fields.push(`label_filename: ${quoted(labels)}`);
  return `  {\n${fields.map((field) => `    ${field}`).join('\n')}\n  }`;
}

/** ONNX's element types in Triton's words. */
const types: Readonly<Record<string, string>> = {
  float: 'TYPE_FP32',
  uint8: 'TYPE_UINT8',
  int8: 'TYPE_INT8',
  uint16: 'TYPE_UINT16',
  int16: 'TYPE_INT16',
  int32: 'TYPE_INT32',
  int64: 'TYPE_INT64',
  string: 'TYPE_STRING',
  bool: 'TYPE_BOOL',
  float16: 'TYPE_FP16',
  double: 'TYPE_FP64',
  uint32: 'TYPE_UINT32',
  uint64: 'TYPE_UINT64',
  bfloat16: 'TYPE_BF16',
};

function assertLabels(output: string, names: readonly string[], outputs: readonly Port[]): void {
  const port = outputs.find(({ name }) => name === output);
  if (!port)
    throw new RangeError(
      `labels are given for the output "${output}", which the model has not (it has: ${outputs.map(({ name }) => name).join(', ')})`,
    );
  const columns = port.shape.at(-1);
  if (typeof columns === 'number' && columns !== names.length)
    throw new RangeError(`${names.length} labels are given for the ${columns} columns of the output "${output}"`);
  const broken = names.find((label) => /[\r\n]/.test(label) || label === '');
  if (broken !== undefined)
    throw new RangeError(`label ${JSON.stringify(broken)} cannot be written: Triton reads one a line`);
}
