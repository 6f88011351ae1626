import { readFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-node';
import { type LoadedModel, Recognizer } from './classifier.js';
import { readModelMetadata } from './model-file.js';

export type { ChunkAttention, Classification, Recognizer } from './classifier.js';
export { encodeModelMetadata, type ModelMetadata, readModelMetadata } from './model-file.js';

/** Execution providers that can be named in Node; `auto` is the CPU. */
export const providers = ['auto', 'cpu', 'cuda', 'webgpu'] as const;

export type Provider = (typeof providers)[number];

export interface LoadOptions {
  /** Default `auto`. One that is named and does not work is an error, never replaced. */
  provider?: Provider;
  /** Threads of one run on the CPU. Default: onnxruntime's choice, one for each core. */
  threads?: number;
}

/**
 * A recognizer from one `.onnx` file written by `serkit export`; the file says everything else.
 *
 * @param file its path, or its bytes
 * @example
 * const recognizer = await load('emotions.onnx');
 * const { label, probabilities } = await recognizer.classify(samples, { sampleRateHz: 16_000 });
 * await recognizer.dispose();
 *
 * @throws Error where the file cannot be read or the provider does not work here, and as `readModelMetadata` does: one
 *   line that names the file
 */
export async function load(file: string | Uint8Array, options: LoadOptions = {}): Promise<Recognizer> {
  const { provider = 'auto', threads } = options;
  if (!providers.includes(provider))
    throw new RangeError(`provider "${provider}" is unknown (supported: ${providers.join(', ')})`);
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1))
    throw new RangeError(`threads ${threads} is not supported (supported: 1 and up)`);
  const name = typeof file === 'string' ? file : 'model';
  const bytes = typeof file === 'string' ? await read(file) : file;
  const metadata = readModelMetadata(bytes, name);
  const model = await open(bytes, name, { provider, threads, attention: metadata.attention?.output });
  try {
    return new Recognizer(model, metadata, name);
  } catch (error) {
    await model.release();
    throw error;
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new Error(`${path}: ${reason}; supported: .onnx files from \`serkit export\``, { cause: error });
  }
}

interface OpenOptions {
  provider: Provider;
  threads?: number;
  /** Name of the attention's output. */
  attention?: string;
}

async function open(bytes: Uint8Array, name: string, options: OpenOptions): Promise<LoadedModel> {
  const { provider: wanted, threads, attention: attentionName } = options;
  const provider = wanted === 'auto' ? 'cpu' : wanted;
  const session = await createSession(bytes, name, provider, threads);
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
  return {
    provider,
    diagnostics: [wanted === 'auto' ? 'auto: cpu, which every machine has' : `${provider}: named by the caller`],
    inputShape: input.shape,
    outputShape: output.shape,
    attentionShape: attention?.isTensor ? attention.shape : undefined,
    run: async (values, shape) => {
      const results = await session.run({ [input.name]: new ort.Tensor('float32', values, shape) });
      return {
        probabilities: floats(results[output.name], name),
        attention: attention && floats(results[attention.name], name),
      };
    },
    release: () => session.release(),
  };
}

function floats({ data }: ort.Tensor, name: string): Float32Array {
  if (!(data instanceof Float32Array)) throw new TypeError(`${name}: its output is not float32`);
  return data;
}

async function createSession(
  bytes: Uint8Array,
  name: string,
  provider: Exclude<Provider, 'auto'>,
  threads?: number,
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    });
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, '; ');
    const advice = provider === 'cpu' ? '' : '; provider cpu works everywhere';
    throw new Error(`${name}: onnxruntime cannot load it on ${provider}: ${reason}${advice}`, { cause: error });
  }
}

/** Execution providers that the installed onnxruntime-node brings; `cpu` always works, the others need their device. */
export const listSupportedBackends = (): string[] => ort.listSupportedBackends().map(({ name }) => name);
