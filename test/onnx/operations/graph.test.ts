import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { testCases } from './expect-case.js';
import { graphCases } from './graph-cases.js';
import { artifactsOfCase, fed } from './op-case.js';

describe('operations of the graph itself', () => testCases(graphCases));

test('an input that the signature leaves out is refused: nothing could be fed', () => {
  const artifacts = artifactsOfCase({ op: 'IdentityN', title: '', operands: [fed([2]), fed([2])], outputs: 2 });
  const { inputs, outputs } = artifacts.signature as { inputs: Record<string, object>; outputs: object };
  const signature = { inputs: { in0: inputs.in0 }, outputs };
  expect(() => toOnnx({ ...artifacts, signature })).toThrow(
    'node "in1" (Placeholder): the graph needs this input, its signature does not name it: add it there',
  );
});
