export { type ChunkSpan, chunkSpans, clipWarnings, extractChunk, extractFeatures, type Features } from './extract.js';
export { type FrontEndArrays, frontEndArrays } from './front-end.js';
export { fitNormalisation, type Normalisation, normalisationSchema, normalise } from './normalisation.js';
export { type FeaturePreset, featurePresets } from './presets.js';
export {
  FEATURE_VERSION,
  type FeatureShape,
  type FeatureSpec,
  featureShape,
  featureSpecSchema,
  firstChunk,
  parseFeatureSpec,
} from './spec.js';
