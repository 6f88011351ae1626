import * as ort from 'onnxruntime-web/webgpu';
import { Recognizer } from '../../inference/classifier.js';
import { readModelMetadata } from '../../inference/model-file.js';

let recognizer: Recognizer | undefined;

/** What runs in the page: the recognizer as in Node, over onnxruntime-web. */
Object.assign(globalThis, {
  async openModel(model: string, provider: 'wasm' | 'webgpu') {
    const bytes = Uint8Array.from(atob(model), (letter) => letter.charCodeAt(0));
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      logSeverityLevel: 4,
      extra: { session: { disable_cpu_ep_fallback: provider === 'webgpu' ? '1' : '0' } },
    });
    const [input, output] = [session.inputMetadata[0], session.outputMetadata[0]];
    recognizer = new Recognizer(
      {
        provider,
        diagnostics: [],
        inputShape: input.isTensor ? input.shape : [],
        outputShape: output.isTensor ? output.shape : [],
        run: async (values, shape) => {
          const results = await session.run({ [input.name]: new ort.Tensor('float32', values, shape) });
          return { probabilities: results[output.name].data as Float32Array };
        },
        release: () => session.release(),
      },
      readModelMetadata(bytes, 'model'),
      'model',
    );
  },
  async classifyClip(samples: string, sampleRateHz: number) {
    const bytes = Uint8Array.from(atob(samples), (letter) => letter.charCodeAt(0));
    const { probabilities } = await recognizer!.classify(new Float32Array(bytes.buffer), { sampleRateHz });
    return probabilities;
  },
  closeModel: () => recognizer?.dispose(),
});
