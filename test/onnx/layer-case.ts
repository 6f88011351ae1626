import * as tl from '@tensorflow/tfjs-layers';

/** A model around one layer class, and what is special about it. */
export interface LayerCase {
  readonly layer: string;
  readonly title: string;
  readonly build: () => tl.LayersModel;
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
