import { providers } from '../../inference/node.js';
import { opsets, precisions } from '../../onnx/index.js';
import { supportedData } from '../datasets/index.js';
import { protocols } from '../datasets/split.js';
import { presetNames } from '../experiments/presets/index.js';
import { type Study, studies } from '../experiments/studies/index.js';
import { type FeaturePreset, featurePresets } from '../features/index.js';
import { backendNames } from '../training/backends/backend.js';
import { defaultTensorflowVersion } from '../training/backends/tensorflow/link.js';
import { parityProviders } from './parity-ways.js';

export { defaultCacheFolder } from './cache-folder.js';

/** What can be named on the command line, out of the registries that need no tfjs: `predict` runs without it. */
export const choices = {
  data: supportedData,
  presets: presetNames,
  studies: Object.values(studies) as readonly Study[],
  features: Object.keys(featurePresets) as FeaturePreset[],
  protocols,
  backends: ['auto', ...backendNames] as const,
  providers,
  parityProviders,
  opsets,
  precisions,
  tensorflow: defaultTensorflowVersion,
};
