import { describe, expect, test } from '@jest/globals';
import {
  type Accelerator,
  chooseProvider,
  type OpenModel,
  PROVIDER_TOLERANCE,
  type Reference,
  SOON_MILLISECONDS,
} from '../../../inference/providers/choose.js';
import { largestDifference, probeOf } from '../../../inference/providers/probe.js';

interface Behaviour {
  milliseconds?: number;
  answer?: readonly number[];
  attention?: readonly number[];
  missing?: string;
  software?: string;
  failsToOpen?: string;
  failsToRun?: string;
  mend?: string;
}

const slow = 3 * SOON_MILLISECONDS;
const slower = 3 * slow;

/** Candidates that behave as they are told, and a record of which models are open. */
function candidates(behaviours: Record<string, Behaviour>) {
  const open: string[] = [];
  const asked: string[] = [];
  const candidate = (provider: string): Accelerator => {
    const {
      milliseconds = 0,
      answer = [0.25, 0.75],
      attention,
      failsToRun,
      failsToOpen,
      ...rest
    } = behaviours[provider];
    return {
      provider,
      missing: async () => rest.missing,
      software: async () => rest.software,
      mend: () => rest.mend ?? '',
      open: async (): Promise<OpenModel> => {
        asked.push(provider);
        if (failsToOpen) throw new Error(failsToOpen);
        open.push(provider);
        return {
          inputShape: ['batch', 8, 8, 1],
          outputShape: ['batch', 2],
          run: async () => {
            if (failsToRun) throw new Error(failsToRun);
            await new Promise((resolve) => setTimeout(resolve, milliseconds));
            return {
              probabilities: Float32Array.from(answer),
              ...(attention && { attention: Float32Array.from(attention) }),
            };
          },
          release: async () => void open.splice(open.indexOf(provider), 1),
        };
      },
    };
  };
  const [reference, ...accelerators] = Object.keys(behaviours).map(candidate) as [Reference, ...Accelerator[]];
  return { open, asked, choose: (wanted: string) => chooseProvider(wanted, 'm.onnx', reference, accelerators) };
}

const off = (difference: number) => [0.25 + difference, 0.75 - difference];

describe('auto', () => {
  test.each<[string, Record<string, Behaviour>, string, Record<string, RegExp>]>([
    [
      'takes the one that is there',
      { cpu: { milliseconds: slow }, cuda: { missing: 'not linked' } },
      'cpu',
      { cuda: /^cuda refused: not linked$/, cpu: /^cpu chosen: the one that works here$/ },
    ],
    [
      'keeps the reference where it answers soon',
      { cpu: {}, webgpu: {} },
      'cpu',
      { webgpu: /^webgpu not tried: cpu answers a clip in \d+\.\d ms/, cpu: /^cpu chosen: it answers soon enough \(/ },
    ],
    [
      'takes what is faster than a slow reference',
      { cpu: { milliseconds: slow }, cuda: { failsToOpen: 'no driver' }, webgpu: {} },
      'webgpu',
      {
        cuda: /^cuda refused: no driver$/,
        cpu: /^cpu refused: it works, and webgpu /,
        webgpu: /^webgpu chosen: the fastest/,
      },
    ],
    [
      'takes the faster of two',
      { cpu: { milliseconds: slower }, cuda: { milliseconds: slow }, webgpu: {} },
      'webgpu',
      { cpu: /and cuda answers/, cuda: /^cuda refused: it works, and webgpu answers/, webgpu: /chosen/ },
    ],
    [
      'keeps a slow reference before a slower GPU',
      { cpu: { milliseconds: slow }, webgpu: { milliseconds: slower } },
      'cpu',
      { webgpu: /^webgpu refused: it works, and cpu answers a clip in /, cpu: /^cpu chosen: the fastest here/ },
    ],
    [
      'refuses a software adapter by its name, without opening it',
      { cpu: { milliseconds: slow }, webgpu: { software: 'SwiftShader' } },
      'cpu',
      { webgpu: /^webgpu refused: a software adapter, SwiftShader: correct and slow$/, cpu: /chosen/ },
    ],
    [
      'refuses another answer',
      { cpu: { milliseconds: slow }, webgpu: { answer: off(2 * PROVIDER_TOLERANCE) } },
      'cpu',
      { webgpu: /^webgpu refused: it gives another answer than cpu: 0\.0020 off \(allowed: 0\.001\)$/, cpu: /chosen/ },
    ],
    [
      'refuses what are no numbers',
      { cpu: { milliseconds: slow }, webgpu: { answer: [Number.NaN, 0.75] } },
      'cpu',
      { webgpu: /^webgpu refused: it gives another answer than cpu: NaN off/, cpu: /chosen/ },
    ],
    [
      'refuses another attention',
      { cpu: { milliseconds: slow, attention: [1, 0] }, webgpu: { attention: [0.9, 0.1] } },
      'cpu',
      { webgpu: /another answer/, cpu: /chosen/ },
    ],
    [
      'refuses what opens and does not run',
      { cpu: { milliseconds: slow }, webgpu: { failsToRun: 'device lost' } },
      'cpu',
      { webgpu: /^webgpu refused: device lost$/, cpu: /chosen/ },
    ],
  ])('%s', async (_, behaviours, chosen, texts) => {
    const { open, choose } = candidates(behaviours);
    const model = await choose('auto');
    expect(model.provider).toBe(chosen);
    expect(open).toEqual([chosen]);
    expect(model.diagnostics.map(({ provider }) => provider)).toEqual(Object.keys(texts));
    for (const { provider, text } of model.diagnostics) expect(text).toMatch(texts[provider]);
    expect(model.diagnostics.filter(({ outcome }) => outcome === 'chosen')).toHaveLength(1);
  });

  test('asks an accelerator for nothing where the reference answers soon', async () => {
    const { asked, choose } = candidates({ cpu: {}, webgpu: {} });
    await choose('auto');
    expect(asked).toEqual(['cpu']);
  });
});

describe('a provider that is named', () => {
  test('is taken when it is slow, and on a software adapter', async () => {
    const { open, choose } = candidates({ cpu: {}, webgpu: { milliseconds: slow, software: 'SwiftShader' } });
    const { provider, diagnostics } = await choose('webgpu');
    expect([provider, ...open]).toEqual(['webgpu', 'webgpu']);
    expect(diagnostics.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^webgpu chosen: it was asked for, on a software adapter: SwiftShader \(\d+\.\d ms\)$/),
    ]);
  });

  test('and is the reference is opened and nothing else', async () => {
    const { asked, choose } = candidates({ cpu: { failsToRun: 'never asked to' }, webgpu: {} });
    expect((await choose('cpu')).diagnostics).toEqual([
      { provider: 'cpu', outcome: 'chosen', reason: 'it was asked for', text: 'cpu chosen: it was asked for' },
    ]);
    expect(asked).toEqual(['cpu']);
  });

  test.each<[string, Behaviour, string]>([
    ['is missing', { missing: 'not linked', mend: 'serkit link' }, 'not linked (mend it with: serkit link)'],
    ['does not open', { failsToOpen: 'no adapter' }, 'no adapter'],
    ['does not run', { failsToRun: 'device lost' }, 'device lost'],
    ['answers otherwise', { answer: [0, 1] }, 'it gives another answer than cpu: 0.25 off (allowed: 0.001)'],
  ])('and %s is an error, never replaced', async (_, behaviour, reason) => {
    const { open, choose } = candidates({ cpu: {}, webgpu: behaviour });
    await expect(choose('webgpu')).rejects.toThrow(
      `m.onnx: onnxruntime cannot load it on webgpu: ${reason}; provider cpu works everywhere`,
    );
    expect(open).toEqual([]);
  });
});

test('a reference that cannot open the file, or not run it, is an error that names the file', async () => {
  await expect(candidates({ cpu: { failsToOpen: 'damaged' } }).choose('auto')).rejects.toThrow(
    'm.onnx: onnxruntime cannot load it on cpu: damaged',
  );
  const { open, choose } = candidates({ cpu: { failsToRun: 'damaged' }, webgpu: {} });
  await expect(choose('auto')).rejects.toThrow('m.onnx: onnxruntime cannot run it on cpu: damaged');
  expect(open).toEqual([]);
});

describe('the probe', () => {
  test('is one clip of the shape that the file declares, always the same, and never constant', () => {
    const { shape, values } = probeOf(['batch', 2, 12, 32, 1]);
    expect(shape).toEqual([1, 2, 12, 32, 1]);
    expect(values).toHaveLength(768);
    expect(values).toEqual(probeOf([1, 2, 12, 32, 1]).values);
    expect(Math.max(...values)).toBeLessThanOrEqual(0.5);
    expect(new Set(values).size).toBeGreaterThan(700);
  });

  test('of a waveform is three seconds at 16 kHz', () => {
    expect(probeOf(['batch', 'samples']).shape).toEqual([1, 48_000]);
  });

  test('of what is no clip is refused', () => {
    expect(() => probeOf([1, 100_000, 100_000])).toThrow(/^its input of 1 × 100000 × 100000 is no clip/);
    expect(() => probeOf([1, 0])).toThrow(/is no clip/);
  });

  test('compares logits in parts of the largest', () => {
    const outputs = (...values: number[]) => ({ probabilities: Float32Array.from(values) });
    expect(largestDifference(outputs(0.5, 0.5), outputs(0.5, 0.25))).toBe(0.25);
    expect(largestDifference(outputs(-8, 4), outputs(-7, 4))).toBe(0.125);
    expect(largestDifference(outputs(1), outputs(1, 0))).toBeNaN();
  });
});
