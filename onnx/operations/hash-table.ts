import { tensorOf } from '../element-types.js';
import type { Attribute, ElementType, Node, Tensor, Value } from '../graph.js';
import type { OpConverter, OpScope } from './op-scope.js';

/** What a table holds: vectors of as many keys and values. */
export interface Table {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** Handles of tables and what was imported into them. */
const tables = new WeakMap<Value, Table>();

/** A table is known by its node's name, in the model and in the graph that fills its tables. */
const convertTable: OpConverter = (op) => {
  const handle = op.graph.constant(op.name, tensorOf('int32', [], [0]));
  const table = op.lender.tables.get(op.node.name);
  if (table) tables.set(handle, table);
  return handle;
};

const convertImport: OpConverter = (op) => {
  const [keys, values] = ['keys', 'values'].map((name) => {
    const { constant } = op.tensor(name);
    if (!constant)
      throw op.refusal(`${name} computed while the model runs`, 'a table that is known, as LabelEncoder is');
    if (constant.shape.length !== 1) throw op.refusal(`${name} of ${constant.shape.length} axes`, 'one axis');
    return constant;
  });
  if (keys.data.length !== values.data.length)
    throw new RangeError(`${op.subject}: ${keys.data.length} keys for ${values.data.length} values`);
  const table = { keys, values };
  op.lender.tables.set(op.tensor('tableHandle').name, table); // by its node's name, whatever passed it on
  const handle = op.graph.constant(op.name, tensorOf('int32', [], [0]));
  tables.set(handle, table);
  return handle;
};

function tableOf(op: OpScope): Table {
  const table = tables.get(op.tensor('tableHandle'));
  if (table) return table;
  throw op.refusal('a table that nothing known fills', 'one that the model initializer imports');
}

/** Types of ai.onnx.ml's LabelEncoder by ours: whole numbers and truths as int64. */
const encoded: Readonly<Partial<Record<ElementType, 'strings' | 'int64s' | 'floats'>>> = {
  string: 'strings',
  int32: 'int64s',
  bool: 'int64s',
  float32: 'floats',
};
const encodedType = { strings: 'string', int64s: 'int64', floats: 'float32' } as const;

function listOf({ type, data }: Tensor): Attribute {
  if (type === 'string') return data as string[];
  const numbers = Array.from(data as ArrayLike<number>, Number);
  return type === 'float32' ? { floats: numbers } : numbers;
}

/** LabelEncoder (ai.onnx.ml 2): what each key has, `otherwise` for those that the table has not. */
function lookUp(op: OpScope, keys: Value, table: Table, otherwise: Attribute): Value {
  const [from, to] = [table.keys, table.values].map(({ type }) => encoded[type]!);
  const input = from === 'int64s' ? op.cast(keys, 'int64') : keys;
  const singular = { strings: 'default_string', int64s: 'default_int64', floats: 'default_float' }[to];
  const name = op.graph.uniqueName(`${op.name}/LabelEncoder`);
  const output: Value = { name, type: encodedType[to], shape: keys.shape };
  const attributes: Node['attributes'] = {
    [`keys_${from}`]: listOf(table.keys),
    [`values_${to}`]: listOf(table.values),
    [singular]: otherwise,
  };
  op.graph.nodes.push({ op: 'LabelEncoder', domain: 'ai.onnx.ml', name, inputs: [input], output, attributes });
  return output;
}

/** Each key once, with its last value, as imports overwrite. */
function distinct({ keys, values }: Table): Table {
  const last = new Map(Array.from(keys.data as ArrayLike<number | string>, (each, i) => [each, i] as const));
  const taken = ({ type, data }: Tensor, at: Iterable<number>): Tensor => {
    const elements = Array.from(at, (i) => (data as ArrayLike<number | string>)[i]);
    if (type === 'string') return { type, shape: [elements.length], data: elements as string[] };
    return tensorOf(type as 'int32', [elements.length], elements as number[]);
  };
  return { keys: taken(keys, last.values()), values: taken(values, last.values()) };
}

/** Values by keys, in one axis as tfjs gives them; what the table has not is the default, which may be computed. */
const convertFind: OpConverter = (op) => {
  const table = distinct(tableOf(op));
  const given = op.tensor('keys');
  const keys = given.shape.length === 1 ? given : op.emit('Reshape', [given, op.ints('flat', [-1])]);
  const otherwise = op.tensor('defaultValue');
  if (!encoded[table.keys.type] || !encoded[table.values.type] || otherwise.type !== table.values.type)
    throw op.refusal(
      `a table of ${table.keys.type} to ${table.values.type} with a default of ${otherwise.type}`,
      'float32, int32, bool, string, and a default of the values’ type',
    );
  if (table.keys.data.length === 0) return op.emit('Expand', [otherwise, op.emit('Shape', [keys])]);
  const { constant } = otherwise;
  const blank = {
    type: otherwise.type,
    shape: [1],
    data: otherwise.type === 'string' ? [''] : [0],
  } as unknown as Tensor;
  const found = op.cast(lookUp(op, keys, table, firstOf(constant ?? blank)), table.values.type);
  if (constant) return found;
  const known: Table = {
    keys: table.keys,
    values: tensorOf('int32', table.keys.shape, new Array(table.keys.data.length).fill(1)),
  };
  const isKnown = op.cast(lookUp(op, keys, known, 0), 'bool');
  return op.emit('Where', [isKnown, found, otherwise]);
};

function firstOf(tensor: Tensor): Attribute {
  const [value] = tensor.data as ArrayLike<number | string> & Iterable<number | string>;
  return tensor.type === 'float32' ? { float: Number(value) } : value;
}

const convertSize: OpConverter = (op) =>
  op.graph.constant(`${op.name}/size`, tensorOf('int32', [], [distinct(tableOf(op)).keys.data.length]));

export const hashTableConverters = {
  HashTable: convertTable,
  HashTableV2: convertTable,
  InitializeTable: convertImport,
  InitializeTableV2: convertImport,
  LookupTableFind: convertFind,
  LookupTableFindV2: convertFind,
  LookupTableImport: convertImport,
  LookupTableImportV2: convertImport,
  LookupTableSize: convertSize,
  LookupTableSizeV2: convertSize,
} satisfies Record<string, OpConverter>;
