import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** What is kept as it is: nothing, everything but the last layer with weights, or so many blocks from the input on. */
export type Freeze = 'none' | 'all-but-head' | number;

/**
 * Freezes the first layers of a model. A block is a layer with a kernel (a convolution, a recurrent or a dense layer)
 * with everything up to the next one: of the report's CNN 1 to 4 are its convolutions, 5 the dense layer, the last its head.
 *
 * Normalisation in a frozen block uses its moving statistics and leaves them alone, as in Keras; dropout stays at work.
 *
 * @throws RangeError where the model has no so many blocks before its head
 */
export function freeze(model: LayersModel, what: Freeze): void {
  if (what === 'none') return;
  const blocks = blocksOf(model);
  const beforeHead = blocks.length - 1;
  const count = what === 'all-but-head' ? beforeHead : what;
  if (count > beforeHead)
    throw new RangeError(`freeze: ${model.name} has ${beforeHead} blocks before its head, not ${count}`);
  for (const layer of blocks.slice(0, count).flat()) layer.trainable = false;
}

/** The last layer with weights: what depends on the labels. */
export function headOf(model: LayersModel): Layer {
  return blocksOf(model).at(-1)![0];
}

function blocksOf({ layers }: LayersModel): Layer[][] {
  const blocks: Layer[][] = [[]];
  let kernels = 0;
  for (const layer of layers) {
    if (hasKernel(layer) && kernels++ > 0) blocks.push([]);
    blocks.at(-1)!.push(layer);
  }
  return blocks;
}

const hasKernel = (layer: Layer): boolean => layer.weights.some(({ shape }) => shape.length > 1);
