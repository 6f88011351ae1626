import { describe, expect, test } from '@jest/globals';
import { type FeatureSpec, featurePresets, featureShape, parseFeatureSpec } from '../../pipeline/features/index.js';

describe('presets', () => {
  test('have the shapes of the report', () => {
    expect(featureShape(featurePresets.paper)).toEqual([2, 60, 216]);
    expect(featureShape(featurePresets['paper-16k'])).toEqual([2, 60, 216]);
    expect(featureShape(featurePresets['paper-mfcc'])).toEqual([2, 40, 216]);
    expect(featureShape(featurePresets['paper-16k-mfcc'])).toEqual([2, 40, 216]);
    expect(featureShape(featurePresets.demo)).toEqual([1, 32, 94]);
  });

  test.each(Object.entries(featurePresets))('%s survives JSON', (_, spec) => {
    expect(parseFeatureSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });
});

describe('a bad spec is a one-line error that names the field', () => {
  const good: FeatureSpec = featurePresets.demo;
  test.each<[string, object, ErrorConstructor, RegExp]>([
    ['window', { windowSamples: 1000 }, RangeError, /windowSamples: must be a power of two/],
    ['rate', { sampleRateHz: 0 }, RangeError, /sampleRateHz/],
    ['hop', { hopSamples: 0 }, RangeError, /hopSamples/],
    ['bands as text', { melBands: '32' }, TypeError, /melBands/],
    ['missing', { chunkSeconds: undefined }, TypeError, /chunkSeconds/],
    ['unknown field', { hopLength: 512 }, TypeError, /hopLength/],
    ['unknown kind', { kind: 'chroma' }, RangeError, /kind.*mel-spectrogram/],
    ['no chunk', { chunkStartsSeconds: [] }, RangeError, /chunkStartsSeconds/],
    ['chunks out of order', { chunkStartsSeconds: [1, 0] }, RangeError, /chunkStartsSeconds: must ascend/],
    ['chunk within half a window', { chunkSeconds: 0.016 }, RangeError, /chunkSeconds: must be longer than half/],
    ['MFCC without coefficients', { kind: 'mfcc' }, RangeError, /coefficients/],
    ['mel with coefficients', { coefficients: 13 }, RangeError, /coefficients/],
    ['more coefficients than bands', { kind: 'mfcc', coefficients: 33 }, RangeError, /must not exceed melBands/],
    [
      'more coefficients than Meyda gives',
      { kind: 'mfcc', melBands: 60, coefficients: 41 },
      RangeError,
      /coefficients/,
    ],
  ])('%s', (_, change, kind, message) => {
    const parse = () => parseFeatureSpec({ ...good, ...change });
    expect(parse).toThrow(kind);
    expect(parse).toThrow(/^feature spec: [^\n]*$/);
    expect(parse).toThrow(message);
  });

  test('not an object', () => expect(() => parseFeatureSpec(null)).toThrow(TypeError));
});
