import { isObject, LayerConfig } from '../parse/config.js';
import type { LayerScope } from './layer-scope.js';
import { type Cell, gru, lstm, simpleRnn } from './recurrent-cells.js';

/** One cell of a recurrent layer, with its own configuration and the beginning of its weights' names. */
export interface Leaf {
  readonly cell: Cell;
  readonly name: string;
  readonly config: LayerConfig;
}

const layers: ReadonlyMap<string, Cell> = new Map([
  ['GRU', gru],
  ['LSTM', lstm],
  ['SimpleRNN', simpleRnn],
]);

const cells: ReadonlyMap<string, Cell> = new Map([
  ['GRUCell', gru],
  ['LSTMCell', lstm],
  ['SimpleRNNCell', simpleRnn],
]);

/**
 * The cells of a recurrent layer, from the input's to the output's: one, or those of StackedRNNCells, whose weights are
 * named `layer/RNNCell_0/kernel`, ….
 *
 * @throws TypeError for a cell of another class
 */
export function leavesOf(layer: LayerScope, className: string): Leaf[] {
  const { name, config } = layer;
  const own = layers.get(className);
  if (own) return [{ cell: own, name, config }];
  return leavesOfCell(
    layer,
    className === 'RNN' ? config.get('cell') : { class_name: className, config: config.json },
    name,
  );
}

function leavesOfCell(layer: LayerScope, json: unknown, name: string): Leaf[] {
  if (!isObject(json) || !isObject(json.config))
    throw new SyntaxError(`${layer.config.layer}: the topology holds no cell with class_name and config`);
  const className = String(json.class_name);
  if (className === 'StackedRNNCells') {
    const inner = json.config.cells;
    if (!Array.isArray(inner) || inner.length === 0)
      throw new SyntaxError(`${layer.config.layer}: the topology holds StackedRNNCells without cells`);
    return inner.flatMap((cell, i) => leavesOfCell(layer, cell, `${name}/RNNCell_${i}`));
  }
  const cell = cells.get(className);
  if (!cell) throw layer.refusal(`a cell of class ${className}`, [...cells.keys(), 'StackedRNNCells'].join(', '));
  return [{ cell, name, config: new LayerConfig(json.config, layer.config.layer) }];
}
