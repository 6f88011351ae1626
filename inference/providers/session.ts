import type { InferenceSession, TensorConstructor } from 'onnxruntime-common';
import type { OpenModel } from './choose.js';

/** Every node on that provider: a session that would put one on the CPU is refused, so what it is named is what runs. */
export const everyNodeThere: InferenceSession.SessionOptions = {
  extra: { session: { disable_cpu_ep_fallback: '1' } },
  logSeverityLevel: 4, // what it would log is in the error that it throws
};

/** Whether a session was refused since a node would run on the CPU. */
export const wouldUseCpu = (message: string): boolean =>
  message.includes('fallback to CPU EP has been explicitly disabled');

/**
 * An onnxruntime session, of Node or of the browser, as a model of one input and one output (and the attention).
 *
 * @param Tensor of the runtime that made the session
 * @param name of the file, for messages
 * @param attentionName of the attention's output, where there is one
 * @throws RangeError where the file takes or gives something else; the session is then released
 */
export async function toLoadedModel(
  session: InferenceSession,
  Tensor: TensorConstructor,
  name: string,
  attentionName: string | undefined,
): Promise<OpenModel> {
  const [input, ...otherInputs] = session.inputMetadata;
  const attention = session.outputMetadata.find((output) => output.name === attentionName);
  const [output, ...otherOutputs] = session.outputMetadata.filter((other) => other !== attention);
  const lacksAttention = attentionName !== undefined && !attention?.isTensor;
  if (!input?.isTensor || !output?.isTensor || otherInputs.length + otherOutputs.length > 0 || lacksAttention) {
    const [takes, gives] = [session.inputNames.join(', '), session.outputNames.join(', ')];
    await session.release();
    const wished = attentionName === undefined ? '' : `, and the attention "${attentionName}" that its metadata name`;
    throw new RangeError(`${name}: takes ${takes} and gives ${gives} (supported: one input, one output${wished})`);
  }
  const floats = (results: InferenceSession.ReturnType, output: string): Float32Array => {
    const { data } = results[output];
    if (!(data instanceof Float32Array)) throw new TypeError(`${name}: its output ${output} is not float32`);
    return data;
  };
  return {
    names: { input: input.name, output: output.name, attention: attention?.name },
    inputShape: input.shape,
    outputShape: output.shape,
    attentionShape: attention?.isTensor ? attention.shape : undefined,
    run: async (values, shape) => {
      const results = await session.run({ [input.name]: new Tensor('float32', values, shape) });
      return { probabilities: floats(results, output.name), attention: attention && floats(results, attention.name) };
    },
    release: () => session.release(),
  };
}

/** Why onnxruntime refused something, in one line of its own words, without the place in its sources. */
export function reasonOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).trim();
  const cuda = /CUDA failure \d+: [^;\n]+/.exec(text);
  if (cuda) return cuda[0].trim();
  const [, assertion] = /^\/onnxruntime_src\S+ [^\n]* was false\. ([^\n]+)/.exec(text) ?? [];
  return (assertion ?? text).replaceAll(/\s*\n\s*/g, '; ');
}
