/** How a graph operation names what it takes: an entry of table.generated.ts. */
export interface Operation {
  /** The op list of @tensorflow/tfjs-converter that has it. */
  readonly list: string;
  readonly inputs: readonly OperationInput[];
  readonly attributes: readonly OperationAttribute[];
  /** Names of outputs, where a function refers to them by name (`node:indices:0`). */
  readonly outputs?: readonly string[];
}

export interface OperationInput {
  readonly name: string;
  /** `tensor`, `tensors`, or what an input known beforehand is read as: `number`, `number[]`, `shape`, … */
  readonly type: string;
  /** Position; below zero counted from the end. */
  readonly start: number;
  /** Of several: the position after the last; 0 is the end, below zero counted from it. */
  readonly end?: number;
  readonly default?: unknown;
}

export interface OperationAttribute {
  readonly name: string;
  readonly type: string;
  /** Its name in the graph, and the one that older graphs use. */
  readonly key?: string;
  readonly older?: string;
  readonly default?: unknown;
}
