import * as tl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { artifactsFrom } from '../../../onnx/index.js';
import { type Fill, holed, randomInputs, randomiseWeights, runTfjs, uniform, whole } from '../exported.js';
import { Draw } from './draw.js';
import type { FuzzModel, Generator } from './generator.js';
import { anywhere, images, type Layer, type Sizes, type Step, sequences, vectors, volumes } from './layer-steps.js';

const { layers } = tl;

/** Each number is the seed of one choice: the input, then a layer after another. */
export interface LayerRecipe {
  readonly input: number;
  readonly steps: readonly number[];
}

interface Start {
  readonly shape: (number | null)[];
  readonly fill: Fill;
  /** The first layer, where the input asks for one. */
  readonly first?: Layer;
}

function start(draw: Draw): Start {
  const size = () => draw.integer(1, 6);
  const unknown = () => (draw.chance(0.25) ? null : size());
  const kind = draw.of(['vector', 'sequence', 'sequence', 'image', 'image', 'volume', 'masked', 'tokens', 'unknown']);
  if (kind === 'vector') return { shape: [size()], fill: uniform };
  if (kind === 'sequence') return { shape: [unknown(), size()], fill: uniform };
  if (kind === 'image') return { shape: [size(), size(), draw.integer(1, 3)], fill: uniform };
  if (kind === 'volume')
    return { shape: [draw.integer(1, 3), draw.integer(1, 4), draw.integer(1, 4), 2], fill: uniform };
  if (kind === 'unknown') return { shape: [null, null, 2], fill: uniform };
  if (kind === 'masked') return { shape: [unknown(), size()], fill: holed, first: layers.masking() };
  const first = layers.embedding({ inputDim: 5, outputDim: draw.integer(1, 4), maskZero: draw.chance(0.5) });
  return { shape: [unknown()], fill: whole(5), first };
}

const byRank: readonly Readonly<Record<string, Step>>[] = [{}, vectors, sequences, images, volumes];

const sizesOf = (x: tl.SymbolicTensor): Sizes => x.shape.slice(1);

/** A layer over these sizes; now and then one inside TimeDistributed, or a model of its own. */
function layerOver(draw: Draw, sizes: Sizes): Layer | undefined {
  const own = byRank[sizes.length] ?? {};
  const table = draw.chance(0.6) && Object.keys(own).length > 0 ? own : anywhere;
  if (sizes.length > 1 && draw.chance(0.15)) {
    const inner = layerOver(draw, sizes.slice(1));
    const distributable = inner && !['Bidirectional', 'Dropout'].includes(inner.getClassName());
    return distributable ? layers.timeDistributed({ layer: inner }) : undefined;
  }
  return draw.of(Object.values(table))(draw, sizes);
}

/** A merge of x with something of the same sizes: itself through a layer, or what was there before. */
function merged(draw: Draw, x: tl.SymbolicTensor, before: readonly tl.SymbolicTensor[]): tl.SymbolicTensor {
  const alike = before.filter((other) => String(other.shape) === String(x.shape));
  const other =
    alike.length > 0 ? draw.of(alike) : (layers.activation({ activation: 'tanh' }).apply(x) as tl.SymbolicTensor);
  const rank = x.shape.length;
  const merges = [layers.add, layers.multiply, layers.average, layers.maximum, layers.minimum];
  if (draw.chance(0.3))
    return layers
      .concatenate({ axis: draw.of([-1, draw.integer(1, rank - 1)]) })
      .apply([x, other]) as tl.SymbolicTensor;
  if (rank < 4 && draw.chance(0.15) && x.shape.slice(1).every((size) => size !== null))
    return layers.dot({ axes: -1, normalize: draw.chance(0.5) }).apply([x, other]) as tl.SymbolicTensor;
  return draw.of(merges)({}).apply([x, other]) as tl.SymbolicTensor;
}

/** x through a model of up to three layers, applied once or, where the sizes stay, twice. */
function nested(draw: Draw, x: tl.SymbolicTensor): tl.SymbolicTensor {
  const input = tl.input({ shape: x.shape.slice(1) });
  let y = input;
  for (let i = 0; i < draw.integer(1, 3); i++) y = (layerOver(draw, sizesOf(y))?.apply(y) ?? y) as tl.SymbolicTensor;
  if (y === input) return x;
  const inner = tl.model({ inputs: input, outputs: y });
  const once = inner.apply(x) as tl.SymbolicTensor;
  return String(once.shape) === String(x.shape) && draw.chance(0.5) ? (inner.apply(once) as tl.SymbolicTensor) : once;
}

function next(draw: Draw, x: tl.SymbolicTensor, before: readonly tl.SymbolicTensor[]): tl.SymbolicTensor {
  if (draw.chance(0.12)) return merged(draw, x, before);
  if (draw.chance(0.1)) return nested(draw, x);
  const layer = layerOver(draw, sizesOf(x));
  if (!layer) return x;
  const y = layer.apply(x) as tl.SymbolicTensor;
  // A shared layer: once more over its own output.
  return String(y.shape) === String(x.shape) && draw.chance(0.2) ? (layer.apply(y) as tl.SymbolicTensor) : y;
}

/** Larger values are no use here: tfjs's cpu backend takes seconds. */
const tooLarge = ({ shape }: tl.SymbolicTensor) =>
  shape.length > 5 || shape.slice(1).reduce<number>((product, size) => product * (size ?? 7), 1) > 2000;

export function build({ input: seed, steps }: LayerRecipe): { model: tl.LayersModel; fill: Fill } | undefined {
  const draw = new Draw(`fuzz/layers/${seed}`);
  const { shape, fill, first } = start(draw);
  const input = tl.input({ shape });
  const values = [(first?.apply(input) ?? input) as tl.SymbolicTensor];
  for (const step of steps) {
    const choose = new Draw(`fuzz/layers/step/${step}`);
    const x = choose.chance(0.1) ? choose.of(values) : values[values.length - 1];
    const y = next(choose, x, values);
    if (tooLarge(y)) break;
    values.push(y);
  }
  const outputs = draw.chance(0.15) ? [...new Set([values[values.length - 1], draw.of(values)])] : [values.at(-1)!];
  return { model: tl.model({ inputs: input, outputs }), fill };
}

export const layerModels: Generator<LayerRecipe> = {
  name: 'layers',
  // Small numbers are no simpler models here, so none are preferred.
  recipes: fc.record({
    input: fc.noBias(fc.nat()),
    steps: fc.noBias(fc.array(fc.nat(), { minLength: 1, maxLength: 8, size: 'max' })),
  }),
  model(recipe): FuzzModel | undefined {
    let made: ReturnType<typeof build>;
    try {
      made = build(recipe);
    } catch {
      return undefined;
    }
    if (!made) return undefined;
    const { model, fill } = made;
    const seed = JSON.stringify(recipe);
    randomiseWeights(model, seed);
    return {
      artifacts: artifactsFrom(model),
      inputs: (batch) => randomInputs(model, batch, `${seed} ${batch}`, fill),
      run: (inputs) => runTfjs(model, inputs),
      dispose: () => void model.dispose(),
    };
  },
};
