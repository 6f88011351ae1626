import * as tl from '@tensorflow/tfjs-layers';
import type { Fill } from './exported.js';

/** A model around one layer class, and what is special about it. */
export interface LayerCase {
  readonly layer: string;
  readonly title: string;
  readonly build: () => tl.LayersModel;
  /** What the inputs hold. Default: uniform between −2 and 2. */
  readonly fill?: Fill;
}

export type Shape = (number | null)[];

export const one = (layer: string, title: string, inputShape: Shape, build: () => tl.layers.Layer): LayerCase => ({
  layer,
  title,
  build: () => {
    const input = tl.input({ shape: inputShape });
    return tl.model({ inputs: input, outputs: build().apply(input) as tl.SymbolicTensor });
  },
});

export const several = (layer: string, title: string, shapes: Shape[], build: () => tl.layers.Layer): LayerCase => ({
  layer,
  title,
  build: () => {
    const inputs = shapes.map((shape) => tl.input({ shape }));
    return tl.model({ inputs, outputs: build().apply(inputs) as tl.SymbolicTensor });
  },
});

/** A model of several layers, one after another, that shows what one of them does. */
export const chain = (layer: string, title: string, inputShape: Shape, build: () => tl.layers.Layer[]): LayerCase => ({
  layer,
  title,
  build: () => {
    const input = tl.input({ shape: inputShape });
    const output = build().reduce((x, next) => next.apply(x) as tl.SymbolicTensor, input);
    return tl.model({ inputs: input, outputs: output });
  },
});

/** The cases with other inputs. */
export const filled = (fill: Fill, cases: readonly LayerCase[]): LayerCase[] => cases.map((one) => ({ ...one, fill }));
