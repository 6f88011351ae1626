import { expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { TensorProto_DataType as DataType } from '../../../onnx/proto/onnx_pb.js';
import { frontEndArrays } from '../../../pipeline/features/index.js';
import { uniformNoise } from '../../features/signals.js';
import { tinyMetadata, tinyModel, tinySpec } from '../../inference/tiny.js';
import { decoded } from '../decoded.js';
import { artifactsOf } from '../exported.js';
import { openSamples } from './features-model.js';

/** Of the probabilities. Largest gaps seen: 2.8e-5 and 8e-4, of the model behind the front end alone. */
const tolerances = { fp16: 2e-4, int8: 5e-3 };

test.each(['fp16', 'int8'] as const)(
  'in a file of %s the front end stays float32, whose power overflows',
  async (precision) => {
    const frontEnd = frontEndArrays(tinySpec, tinyMetadata.normalisation);
    const artifacts = await artifactsOf(tinyModel());
    const bytes = toOnnx(artifacts, { frontEnd, precision });
    const { node, initializer } = decoded(bytes).graph!;
    const own = node.filter(({ name }) => name.startsWith('front_end/'));
    expect(own.length).toBeGreaterThan(25);
    expect(own.map(({ opType }) => opType)).not.toContain('Cast');
    const types = initializer.filter(({ name }) => name.startsWith('front_end/')).map(({ dataType }) => dataType);
    expect([...new Set(types)].sort()).toEqual([DataType.FLOAT, DataType.INT32, DataType.INT64].sort());

    const hum = Float32Array.from({ length: 6000 }, (_, i) => 20 * Math.sin(i / 3)); // a power of 6e6
    const noise = Float32Array.from(uniformNoise(6000, 4));
    const [whole, small] = [await openSamples(toOnnx(artifacts, { frontEnd })), await openSamples(bytes)];
    const [expected, actual] = [await whole.run([hum, noise]), await small.run([hum, noise])];
    expect(actual.values).toBeAllClose(expected.values, { absolute: tolerances[precision] });
    await whole.release();
    await small.release();
  },
);
