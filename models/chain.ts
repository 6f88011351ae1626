import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** What comes out where each layer takes what the one before gives. */
export const chain = (from: SymbolicTensor, through: readonly layers.Layer[]): SymbolicTensor =>
  through.reduce((value, layer) => layer.apply(value) as SymbolicTensor, from);

/** A layer for each chunk of a clip, by the name NAME_chunks: its weights are then NAME_chunks/…. */
export const overChunks = (layer: layers.Layer): layers.Layer =>
  layers.timeDistributed({ layer, name: `${layer.name}_chunks` });
