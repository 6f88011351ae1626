import { type Node, subgraphsOf, type Tensor } from '../graph.js';
import { fromHalf } from '../parse/weights.js';
import { largestHalf, toHalf } from './half.js';

const set = (...lines: string[]): ReadonlySet<string> => new Set(lines.join(' ').split(' '));

/** What stays in float32 in a float16 file, and why. */
const float32Operators: ReadonlySet<string> = set(
  // e^x is beyond 65504 from x = 11.1 on.
  'Exp Softmax LogSoftmax Softplus Sinh Cosh Pow',
  // They magnify what rounding did near their poles.
  'Log Sqrt Reciprocal Div Tan',
  // Sums over many elements lose their small ones, sums of squares are beyond 65504 from 256 on.
  'ReduceSum ReduceMean ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare CumSum Einsum',
  'GlobalAveragePool BatchNormalization InstanceNormalization LayerNormalization LpNormalization LRN DFT',
  // Their state adds up over all steps.
  'LSTM GRU RNN',
  // Positions, whose steps would be those of 1/1024 of the size.
  'GridSample Resize RoiAlign NonMaxSuppression Range',
  // What has no float16 in opset 13 to 22, or makes numbers of its own.
  'IsInf Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike Bernoulli ConstantOfShape Cast',
  'SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SplitToSequence ConcatFromSequence',
  'QuantizeLinear DequantizeLinear DynamicQuantizeLinear',
);

/** Operators that pass numbers on: they keep the type of what comes in. */
const moves: ReadonlySet<string> = set(
  'Identity Reshape Transpose Flatten Squeeze Unsqueeze Slice Split Concat Gather GatherElements GatherND Expand Tile Pad',
  'DepthToSpace SpaceToDepth ReverseSequence',
);

export const movesOnly = ({ op }: Node): boolean => moves.has(op);

/** Whether a node is computed in float32 whatever comes in; so is all that the graphs inside a node hold. */
export const keepsFloat32 = (node: Node): boolean =>
  float32Operators.has(node.op) ||
  node.name.startsWith('front_end/') ||
  node.domain !== undefined ||
  subgraphsOf(node).length > 0 ||
  isSquare(node) ||
  [...node.inputs, node.output].some(({ sequence }) => sequence);

/** x · x: beyond 65504 from 256 on. */
const isSquare = ({ op, inputs }: Node): boolean => op === 'Mul' && inputs[0] === inputs[1];

/** Whether binary16 holds a node's constant: of several elements within ± 65504, a single one to a thousandth. */
export function fitsHalf(tensor: Tensor): boolean {
  if (isBeyondHalf(tensor)) return false;
  if (tensor.data.length !== 1) return true;
  const value = tensor.data[0] as number;
  return Math.abs(fromHalf(toHalf(value)) - value) <= Math.abs(value) / 1000;
}

/** Whether some element is beyond ± 65504, ±∞ too. */
export const isBeyondHalf = ({ data }: Tensor): boolean =>
  (data as Float32Array).some((value) => Math.abs(value) > largestHalf);
