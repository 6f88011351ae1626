export { type Preset, resolveExperiment } from '../experiments/config.js';
