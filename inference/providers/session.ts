import type { InferenceSession, TensorConstructor } from 'onnxruntime-common';
import type { LoadedModel } from '../loaded-model.js';

export interface SessionOptions {
  /** Execution provider that the session was made for. */
  provider: string;
  diagnostics: readonly string[];
  /** Name of the attention's output. */
  attention?: string;
}

/**
 * An onnxruntime session, of Node or of the browser, as a model of one input and one output (and the attention).
 *
 * @param Tensor of the runtime that made the session
 * @param name of the file, for messages
 * @throws RangeError where the file takes or gives something else; the session is then released
 */
export async function toLoadedModel(
  session: InferenceSession,
  Tensor: TensorConstructor,
  name: string,
  { provider, diagnostics, attention: attentionName }: SessionOptions,
): Promise<LoadedModel> {
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
    provider,
    diagnostics,
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

/** Why a session could not be made, in one line. */
export function sessionError(error: unknown, name: string, provider: string, safeProvider: string): Error {
  const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, '; ');
  const advice = provider === safeProvider ? '' : `; provider ${safeProvider} works everywhere`;
  return new Error(`${name}: onnxruntime cannot load it on ${provider}: ${reason}${advice}`, { cause: error });
}
