import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, type layers, loadLayersModel } from '@tensorflow/tfjs-layers';
import { activate } from '../../training/backends/trial.js';
import { readArtifacts } from '../../training/model-folder.js';

export interface LayerRow {
  name: string;
  /** Its kind and what it was set to: `Conv2D(64, 3 × 3, same)`. */
  kind: string;
  /** Without the batch: `60 × 216 × 64`. */
  output: string;
  parameters: number;
  /** Its weights stay as they are in training. */
  frozen: boolean;
}

/** The layers of a run's model, as they are in its `model.json`. Makes `cpu` the active backend. */
export async function readLayers(folder: string): Promise<LayerRow[]> {
  await activate('cpu'); // builds the layers for their shapes; nothing is computed
  const { modelTopology } = await readArtifacts(folder);
  const model: LayersModel = await loadLayersModel(io.fromMemory({ modelTopology }));
  try {
    return model.layers.map((layer) => ({
      name: layer.name,
      kind: describe(layer.getClassName(), layer.getConfig() as Config),
      output: shapeText(layer.outputShape),
      parameters: layer.countParams(),
      frozen: layer.countParams() > 0 && !layer.trainable,
    }));
  } finally {
    model.dispose();
  }
}

type Config = Record<string, unknown>;

function describe(className: string, config: Config): string {
  if (className === 'TimeDistributed') {
    const inner = config.layer as { className: string; config: Config };
    return `each chunk: ${describe(inner.className, inner.config)}`;
  }
  const square = (value: unknown) => (value as number[]).join(' × ');
  const activation = config.activation !== undefined && config.activation !== 'linear' ? [`${config.activation}`] : [];
  const settings: Record<string, () => unknown[]> = {
    Conv2D: () => [config.filters, square(config.kernelSize), config.padding, ...activation],
    MaxPooling2D: () => [square(config.poolSize), config.padding],
    Dropout: () => [config.rate],
    Dense: () => [config.units, ...activation],
    LSTM: () => [config.units, ...(config.returnSequences ? ['all states'] : ['last state'])],
    GRU: () => [config.units, ...(config.returnSequences ? ['all states'] : ['last state'])],
    Activation: () => [config.activation],
    Softmax: () => [`axis ${config.axis}`],
    RepeatVector: () => [config.n],
  };
  const kind = className === 'InputLayer' ? 'Input' : className;
  return settings[className] ? `${kind}(${settings[className]().join(', ')})` : kind;
}

type Shape = layers.Layer['outputShape'];

const shapeText = (shape: Shape): string =>
  Array.isArray(shape[0])
    ? (shape as (number | null)[][]).map(shapeText).join('; ')
    : (shape as (number | null)[])
        .slice(1)
        .map((size) => size ?? 'any')
        .join(' × ');
