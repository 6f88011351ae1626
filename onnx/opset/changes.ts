import { axesAsInput, dftAxis, equalParts, interpolation } from './above.js';
import { dropAttribute, hardSwish, layerNormalization, noSequences, notOf, roiAlign, shape } from './below.js';
import type { Change } from './change.js';

/** New versions that took other types or clearer words: what is written stays as it is. */
const same = (names: string, ...versions: number[]): Record<string, Change> =>
  Object.fromEntries(names.split(' ').map((name) => [name, { versions }]));

/** Operators that exist since a version above 13, and cannot be said otherwise. */
const since = (names: string, ...versions: number[]): Record<string, Change> =>
  Object.fromEntries(names.split(' ').map((name) => [name, { versions, since: versions[0] }]));

const rewritten = (names: string, change: Change): Record<string, Change> =>
  Object.fromEntries(names.split(' ').map((name) => [name, change]));

/**
 * Every operator of ai.onnx that changed in opsets 14 to 22, by the versions in which it did (onnx/docs/Changelog.md; a
 * test holds this against Python's onnx). An operator that is not here is the same in all of them.
 */
export const changes: Readonly<Record<string, Change>> = {
  ...same('Acos Acosh Asin Asinh Atan Atanh Conv ConvTranspose Cos Cosh Det Dropout Elu EyeLike GlobalAveragePool', 22),
  ...same('GlobalLpPool GlobalMaxPool HardSigmoid InstanceNormalization LpNormalization MaxPool MaxRoiPool', 22),
  ...same('MaxUnpool Multinomial NegativeLogLikelihoodLoss RandomNormal RandomNormalLike RandomUniform', 22),
  ...same('RandomUniformLike Round Selu Sin Sinh Softplus Softsign Tan ThresholdedRelu', 22),
  ...same('Flatten QLinearMatMul Squeeze Transpose Unsqueeze', 21),
  ...same('Cast Constant DequantizeLinear QuantizeLinear Size', 19, 21),
  ...same('ConstantOfShape', 20, 21),
  ...same('AveragePool', 19, 22),
  ...same('LpPool', 18, 22),
  ...same('IsInf IsNaN', 20),
  ...same('Equal', 19),
  ...same('GreaterOrEqual LeakyRelu LessOrEqual PRelu Where', 16),
  ...same('If Loop Scan', 16, 19, 21),
  ...same('CumSum', 14),
  ...same('Pad', 18, 19, 21),
  ...same('Pow', 15),
  ...same('Resize', 18, 19),
  ...rewritten('Add Div Mul Sub', { versions: [14], below: notOf('int8', 'uint8') }),
  ...rewritten('Relu', { versions: [14], below: notOf('int8', 'int32', 'int64') }),
  ...rewritten('BatchNormalization', { versions: [14, 15], below: dropAttribute('training_mode', 14, 0) }),
  ...rewritten('GRU LSTM RNN', { versions: [14, 22], below: dropAttribute('layout', 14, 0) }),
  ...rewritten('Identity', { versions: [14, 16, 19, 21], below: noSequences }),
  ...rewritten('Reshape', { versions: [14, 19, 21], below: dropAttribute('allowzero', 14, 0) }),
  ...rewritten('RoiAlign', { versions: [16, 22], below: roiAlign }),
  ...rewritten('ScatterElements ScatterND', { versions: [16, 18], below: dropAttribute('reduction', 16, 'none') }),
  ...rewritten('Shape', { versions: [15, 19, 21], below: shape }),
  ...rewritten('ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMean ReduceProd ReduceSumSquare', {
    versions: [18],
    above: axesAsInput,
  }),
  ...rewritten('ReduceMax ReduceMin', { versions: [18, 20], above: axesAsInput }),
  ...rewritten('Split', { versions: [18], above: equalParts }),
  ...rewritten('GridSample', { versions: [16, 20, 22], since: 16, above: interpolation }),
  ...rewritten('DFT', { versions: [17, 20], since: 17, above: dftAxis }),
  ...rewritten('HardSwish', { versions: [14, 22], since: 14, below: hardSwish }),
  ...rewritten('LayerNormalization', { versions: [17], since: 17, below: layerNormalization }),
  ...since('Trilu', 14),
  ...since('Optional', 15),
  ...since('OptionalGetElement OptionalHasElement', 15, 18),
  ...since('Bernoulli', 15, 22),
  ...since('CastLike', 15, 19, 21),
  ...since('BlackmanWindow HammingWindow HannWindow MelWeightMatrix STFT SequenceMap', 17),
  ...since('BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im', 18),
  ...since('GroupNormalization', 21),
  ...since('Mish', 18, 22),
  ...since('DeformConv', 19, 22),
  ...since('AffineGrid Gelu ImageDecoder RegexFullMatch StringConcat StringSplit', 20),
};
