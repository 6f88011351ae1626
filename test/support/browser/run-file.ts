import type { Page } from 'playwright-core';

/** A tensor as it goes into the page and comes out: plain numbers. */
export interface PlainTensor {
  readonly type: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export type BrowserAnswer = { readonly outputs: readonly PlainTensor[] } | { readonly refused: string };

/**
 * Runs a file in the page by one provider. On `webgpu` every node must run there: a session that would put one on the
 * CPU is refused.
 */
export async function runInBrowser(
  page: Page,
  bytes: Uint8Array,
  feeds: Readonly<Record<string, PlainTensor>>,
  provider: 'webgpu' | 'wasm',
): Promise<BrowserAnswer> {
  const model = Buffer.from(bytes).toString('base64');
  return page.evaluate(runInPage, { model, feeds, provider });
}

/** What of onnxruntime-web the page's code needs. */
interface Ort {
  Tensor: new (type: string, data: ArrayLike<number>, shape: readonly number[]) => unknown;
  InferenceSession: {
    create(
      bytes: Uint8Array,
      options: object,
    ): Promise<{
      inputNames: string[];
      outputNames: string[];
      run(feeds: object): Promise<Record<string, { type: string; dims: number[]; data: ArrayLike<number | bigint> }>>;
      release(): Promise<void>;
    }>;
  };
}

/** Runs inside the page, so it reaches for nothing around it. */
async function runInPage({
  model,
  feeds,
  provider,
}: {
  model: string;
  feeds: Readonly<Record<string, PlainTensor>>;
  provider: string;
}): Promise<BrowserAnswer> {
  const { ort } = globalThis as unknown as { ort: Ort };
  const bytes = Uint8Array.from(atob(model), (letter) => letter.charCodeAt(0));
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  try {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      logSeverityLevel: 4,
      extra: { session: { disable_cpu_ep_fallback: provider === 'webgpu' ? '1' : '0' } },
    });
    const given = session.inputNames.map((name) => {
      const { type, values, shape } = feeds[name];
      return [name, new ort.Tensor(type, arrays[type].from(values), shape)];
    });
    const answers = await session.run(Object.fromEntries(given));
    const outputs = session.outputNames.map((name) => ({
      type: answers[name].type as PlainTensor['type'],
      shape: answers[name].dims,
      values: Array.from(answers[name].data, Number),
    }));
    await session.release();
    return { outputs };
  } catch (error) {
    return { refused: String((error as Error).message ?? error) };
  }
}
