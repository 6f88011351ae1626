import type { LayerCall, LayerModel, LayerOutput } from './topology.js';

/**
 * A model's values in an order in which they can be computed: each after the inputs of its call.
 *
 * @param order which of a call's inputs comes first. tfjs begins with the last: it matters where masks are passed on
 * @throws SyntaxError for a cycle, with the layers on it
 */
export function executionOrder(
  { outputs }: Pick<LayerModel, 'outputs'>,
  order: 'first input first' | 'last input first' = 'first input first',
): LayerOutput[] {
  const done = new Map<LayerCall, Set<number>>();
  const isDone = ({ call, index }: LayerOutput) => done.get(call)?.has(index) ?? false;
  const open: LayerOutput[] = [];
  const sorted: LayerOutput[] = [];
  for (const output of outputs) {
    const stack = [output];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { call } = top;
      if (isDone(top)) {
        stack.pop();
      } else if (open.at(-1) === top) {
        open.pop();
        stack.pop();
        sorted.push(top);
        done.set(call, (done.get(call) ?? new Set()).add(top.index));
      } else {
        if (open.some((other) => other.call === call)) throw cycleError(open, call);
        open.push(top);
        const waiting = call.inputs.filter((input) => !isDone(input));
        stack.push(...(order === 'last input first' ? waiting : waiting.reverse()));
      }
    }
  }
  return sorted;
}

/** The calls of a model's layers that its outputs need, inputs first; a model used as a layer is one. */
export const callsOf = (model: Pick<LayerModel, 'outputs'>): LayerCall[] => [
  ...new Set(executionOrder(model).map(({ call }) => call)),
];

function cycleError(open: readonly LayerOutput[], call: LayerCall): SyntaxError {
  const start = open.findIndex((other) => other.call === call);
  const names = [...open.slice(start).map((other) => other.call), call].map(({ layer }) => layer.name).reverse();
  return new SyntaxError(
    `the topology goes round in a circle: ${names.join(' → ')} (supported: graphs without cycles)`,
  );
}
