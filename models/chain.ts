import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** What comes out where each layer takes what the one before gives. */
export const chain = (from: SymbolicTensor, through: readonly layers.Layer[]): SymbolicTensor =>
  through.reduce((value, layer) => layer.apply(value) as SymbolicTensor, from);
