import * as tl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { type FrontEnd, toOnnx } from '../../../onnx/index.js';
import { type FeatureSpec, featureShape } from '../../../pipeline/features/index.js';
import { artifactsOf } from '../exported.js';

/** A file that gives its input again, (batch, [chunks,] bands, frames, 1): of it and a front end remains the front end. */
export async function featuresFile(spec: FeatureSpec, frontEnd: FrontEnd): Promise<Uint8Array> {
  const [chunks, bands, frames] = featureShape(spec);
  const inputShape = [...(chunks > 1 ? [chunks] : []), bands, frames, 1];
  const model = tl.sequential({
    layers: [tl.layers.dropout({ name: 'same', rate: 0.5, inputShape })],
    name: 'features',
  });
  return toOnnx(await artifactsOf(model), { frontEnd, outputNames: ['features'] });
}

/** A session of a file with the input `samples`, and how to run it: clips of one length in, the first output's values out. */
export async function openSamples(bytes: Uint8Array) {
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const run = async (clips: readonly Float32Array[]): Promise<{ shape: readonly number[]; values: Float32Array }> => {
    const data = new Float32Array(clips.length * clips[0].length);
    clips.forEach((clip, i) => {
      data.set(clip, i * clip.length);
    });
    const results = await session.run({ samples: new ort.Tensor('float32', data, [clips.length, clips[0].length]) });
    const { dims, data: values } = results[session.outputNames[0]];
    return { shape: dims, values: values as Float32Array };
  };
  return { session, run, release: () => session.release() };
}
