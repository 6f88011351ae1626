import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { noisyCopy } from '../../pipeline/augmentation/white-noise.js';
import type { Clip } from '../../pipeline/datasets/corpus.js';
import { loadClip } from '../../pipeline/datasets/load-clip.js';
import { extractExamples, extractToCache } from '../../pipeline/extraction/extract-examples.js';
import { readEach, readFeatures } from '../../pipeline/extraction/feature-files.js';
import { extractFeatures, FEATURE_VERSION, featureShape, firstChunk } from '../../pipeline/features/index.js';
import { noiseWav, tinySpec, writeClip } from './clips.js';

let folder: string;
let cacheFolder: string;
let clips: Clip[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'extraction-'));
  cacheFolder = join(folder, 'cache');
  clips = [1, 2, 3, 4].map((seed) => writeClip(folder, `${seed}.wav`, noiseWav(seed)));
});
afterEach(() => rmSync(folder, { recursive: true }));

const withCopies = (all: readonly Clip[]) => all.flatMap((clip) => [0, 1, 2].map((copy) => ({ clip, copy })));
const here = { spec: tinySpec, workers: 0 };
const cacheFiles = () =>
  readdirSync(cacheFolder, { recursive: true })
    .map(String)
    .filter((name) => /\w\./.test(name));

describe('extraction', () => {
  test('gives each example its features in order: copy 0 as recorded, others with noise of clip, copy and seed', async () => {
    const examples = withCopies(clips).reverse();
    const { features, bad, fromCache } = await extractExamples(examples, 7, here);
    expect([bad, fromCache]).toEqual([[], 0]);
    for (const [i, { clip, copy }] of examples.entries()) {
      const recorded = await loadClip(clip, tinySpec.sampleRateHz);
      const key = `clip ${clip.contentHash}, seed 7`;
      const samples = copy === 0 ? recorded : noisyCopy(recorded, { key, copy, snrDb: [15, 30] });
      expect(features[i]).toEqual(extractFeatures(samples, tinySpec).values);
    }
    const otherSeed = await extractExamples(examples, 8, here);
    expect(otherSeed.features.map((values, i) => `${values}` === `${features[i]}`)).toEqual(
      examples.map(({ copy }) => copy === 0),
    );
  });

  test('in worker threads gives the same bits as on the calling thread, and counts every example', async () => {
    const examples = withCopies(clips);
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    const threaded = await extractExamples(examples, 7, { spec: tinySpec, workers: 2, onProgress });
    expect(threaded.features).toEqual((await extractExamples(examples, 7, here)).features);
    expect(progress).toEqual([0, 3, 6, 9, 12].map((done) => [done, 12]));
  });

  test('clips of equal content are extracted once, and each gets its features', async () => {
    const twin = {
      ...clips[0],
      id: 'twin.wav',
      source: { kind: 'file', path: join(folder, 'not there.wav') },
    } as const;
    const { features } = await extractExamples(
      [
        { clip: clips[0], copy: 0 },
        { clip: twin, copy: 0 },
      ],
      7,
      here,
    );
    expect(features[1]).toEqual(features[0]);
  });
});

describe('the cache', () => {
  test('gives back the same bits, on every kind of run', async () => {
    const examples = withCopies(clips);
    const first = await extractExamples(examples, 7, { ...here, cacheFolder });
    const progress: number[] = [];
    const second = await extractExamples(examples, 7, {
      ...here,
      cacheFolder,
      onProgress: (done) => progress.push(done),
    });
    expect([first.fromCache, second.fromCache]).toEqual([0, 12]);
    expect(second.features).toEqual(first.features);
    expect(progress).toEqual([12]);
  });

  test('a one-chunk spec reads what a two-chunk extraction wrote, and two chunks begin with what one wrote', async () => {
    const examples = withCopies(clips);
    const two = await extractExamples(examples, 7, { ...here, cacheFolder });
    const one = await extractExamples(examples, 7, { ...here, cacheFolder, spec: firstChunk(tinySpec) });
    expect(one.fromCache).toBe(12);
    expect(one.features).toEqual(two.features.map((values) => values!.slice(0, values!.length / 2)));

    rmSync(cacheFolder, { recursive: true });
    await extractExamples(examples, 7, { ...here, cacheFolder, spec: firstChunk(tinySpec) });
    const grown = await extractExamples(examples, 7, { ...here, cacheFolder });
    expect(grown.fromCache).toBe(0); // none was whole
    expect(grown.features).toEqual(two.features);
  });

  test('is missed by another spec, by another first chunk and, for noisy copies, by another seed', async () => {
    const examples = withCopies(clips);
    await extractExamples(examples, 7, { ...here, cacheFolder });
    const hits = async (seed: number, change: object) =>
      (await extractExamples(examples, seed, { ...here, cacheFolder, spec: { ...tinySpec, ...change } })).fromCache;
    expect(await hits(7, { hopSamples: 64 })).toBe(0);
    expect(await hits(7, { chunkStartsSeconds: [0.5] })).toBe(0); // a short clip's shift depends on the first chunk
    expect(await hits(8, {})).toBe(4);
  });

  test('says in spec.json what each folder holds: all that the numbers depend on, FEATURE_VERSION first', async () => {
    await extractExamples([{ clip: clips[0], copy: 1 }], 7, { ...here, cacheFolder });
    const { chunkStartsSeconds, ...rest } = tinySpec;
    const folders = readdirSync(cacheFolder);
    const described = folders.map((name) => JSON.parse(readFileSync(join(cacheFolder, name, 'spec.json'), 'utf8')));
    expect(described.sort((a, b) => a.chunkStartSeconds - b.chunkStartSeconds)).toEqual(
      chunkStartsSeconds.map((start) => ({
        featureVersion: FEATURE_VERSION,
        ...rest,
        chunkStartSeconds: start,
        firstChunkStartSeconds: 0.25,
      })),
    );
    for (const name of folders)
      expect(readdirSync(join(cacheFolder, name)).sort()).toEqual([
        `${clips[0].contentHash}-noise15-30dB-copy1-seed7.f32`,
        'spec.json',
      ]);
  });

  test('a file cut short is noted and extracted again', async () => {
    const examples = [{ clip: clips[0], copy: 0 }];
    const first = await extractExamples(examples, 7, { ...here, cacheFolder });
    const file = cacheFiles().find((name) => name.endsWith('.f32'))!;
    truncateSync(join(cacheFolder, file), 100);
    const second = await extractExamples(examples, 7, { ...here, cacheFolder });
    expect(second.notes).toEqual([`${join(cacheFolder, file)}: 100 bytes instead of 1008, extracted again`]);
    expect([second.fromCache, second.features]).toEqual([0, first.features]);
    expect((await extractExamples(examples, 7, { ...here, cacheFolder })).fromCache).toBe(1);
  });
});

describe('features left in the cache', () => {
  const shape = featureShape(tinySpec);
  const cached = () => ({ ...here, cacheFolder });

  test('are in the files that are named, the same bits, and are extracted once', async () => {
    const examples = withCopies(clips).reverse();
    const progress: number[] = [];
    const first = await extractToCache(examples, 7, { ...cached(), onProgress: (done) => progress.push(done) });
    const { features } = await extractExamples(examples, 7, here);
    expect([...readEach(first.files as string[][], shape)]).toEqual(features);
    expect([first.fromCache, first.bad, first.notes, progress]).toEqual([0, [], [], [0, 3, 6, 9, 12]]);
    const second = await extractToCache(examples, 7, cached());
    expect([second.fromCache, second.files]).toEqual([12, first.files]);
    expect((await extractExamples(examples, 7, cached())).fromCache).toBe(12);
  });

  test('a file that is gone or cut short is extracted again, the latter with a note; the others are left alone', async () => {
    const examples = withCopies(clips);
    const { files } = await extractToCache(examples, 7, cached());
    const [gone, cut, left] = [files[0]![1], files[4]![0], files[5]![0]];
    const before = [gone, cut].map((path) => readFileSync(path));
    rmSync(gone);
    truncateSync(cut, 100);
    writeFileSync(left, new Uint8Array(1008));
    const again = await extractToCache(examples, 7, cached());
    expect([again.fromCache, again.notes]).toEqual([10, [`${cut}: 100 bytes instead of 1008, extracted again`]]);
    expect([gone, cut].map((path) => readFileSync(path))).toEqual(before);
    expect(readFileSync(left)).toEqual(Buffer.alloc(1008));
  });

  test('are null for a bad clip with skipBad, and an error that names it without', async () => {
    const bad = writeClip(
      folder,
      'bad.wav',
      Buffer.from('no audio, and long enough to be asked whether it is a header'),
    );
    const examples = withCopies([clips[0], bad]);
    const { files, bad: listed } = await extractToCache(examples, 7, { ...cached(), skipBad: true });
    expect(files.map((paths) => paths === null)).toEqual([false, false, false, true, true, true]);
    expect(listed.map(({ clip }) => clip)).toEqual([bad]);
    await expect(extractToCache(examples, 7, cached())).rejects.toThrow(/bad\.wav/);
  });

  test('that are gone, cut short, unreadable or not finite when they are read are an error that names the file', async () => {
    const { files } = await extractToCache([{ clip: clips[0], copy: 0 }], 7, cached());
    const [first, second] = files[0]!;
    const read = () => readFeatures(files[0]!, shape);
    writeFileSync(second, new Uint8Array(1008).fill(255));
    expect(read).toThrow(`${second}: holds what is no finite number; delete it and start again`);
    truncateSync(first, 1004);
    expect(read).toThrow(`${first}: 1004 bytes instead of 1008, changed since it was extracted; start again`);
    rmSync(first);
    expect(read).toThrow(`${first}: is gone since it was extracted; start again`);
    mkdirSync(first);
    expect(read).toThrow(first);
  });
});

describe('a bad clip among good ones', () => {
  const text = Buffer.from('this is no audio at all, whatever its name says; and long enough for a header');

  test.each([0, 2])('is an error that names it (%d workers)', async (workers) => {
    const bad = writeClip(folder, 'bad.wav', text);
    await expect(extractExamples(withCopies([clips[0], bad]), 7, { ...here, workers })).rejects.toThrow(/bad\.wav/);
  });

  test('is listed and null with skipBad, and the others are extracted', async () => {
    const bad = writeClip(folder, 'bad.wav', text);
    const progress: number[] = [];
    const { features, bad: listed } = await extractExamples(withCopies([clips[0], bad, clips[1]]), 7, {
      ...here,
      skipBad: true,
      cacheFolder,
      onProgress: (done) => progress.push(done),
    });
    expect(features.map((values) => values === null)).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0].map(Boolean));
    expect(listed).toEqual([{ clip: bad, reason: expect.stringContaining('bad.wav') }]);
    expect(progress.at(-1)).toBe(9);
  });

  test('a header without samples is one too', async () => {
    const bad = writeClip(folder, 'header-alone.wav', noiseWav(1).subarray(0, 44));
    await expect(extractExamples([{ clip: bad, copy: 0 }], 7, here)).rejects.toThrow(/header-alone\.wav/);
  });

  test('leaves nothing of itself in the cache', async () => {
    const bad = writeClip(folder, 'bad.wav', text);
    await expect(extractExamples([{ clip: bad, copy: 0 }], 7, { ...here, cacheFolder })).rejects.toThrow();
    expect(cacheFiles().filter((name) => !name.endsWith('spec.json'))).toEqual([]);
  });

  test('a cache folder that cannot be made is an error that names it', async () => {
    writeFileSync(join(folder, 'file'), '');
    const options = { ...here, cacheFolder: join(folder, 'file', 'cache') };
    await expect(extractExamples(withCopies(clips), 7, options)).rejects.toThrow(/file\/cache/);
  });
});

describe.each([0, 2])('an abort (%d workers)', (workers) => {
  test('stops, leaves whole files alone, and the next run goes on from there', async () => {
    const examples = withCopies(clips);
    const controller = new AbortController();
    const onProgress = (done: number) => done > 0 && controller.abort(new Error('interrupted'));
    const options = { ...here, workers, cacheFolder };
    const run = extractExamples(examples, 7, { ...options, onProgress, signal: controller.signal });
    await expect(run).rejects.toThrow('interrupted');
    expect(cacheFiles().filter((name) => !/(\.f32|spec\.json)$/.test(name))).toEqual([]);
    const resumed = await extractExamples(examples, 7, options);
    expect(resumed.fromCache).toBeGreaterThanOrEqual(3);
    expect(resumed.fromCache).toBeLessThan(12);
    expect(resumed.notes).toEqual([]);
    expect(resumed.features).toEqual((await extractExamples(examples, 7, here)).features);
  });

  test('before the start extracts nothing', async () => {
    const signal = AbortSignal.abort(new Error('too early'));
    await expect(extractExamples(withCopies(clips), 7, { ...here, workers, signal })).rejects.toThrow('too early');
  });
});
