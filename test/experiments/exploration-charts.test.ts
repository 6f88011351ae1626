import { inflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { loadClip, openCorpus } from '../../pipeline/datasets/index.js';
import { boxOf, distributionSpec } from '../../pipeline/experiments/charts/distribution.js';
import { heatMapPng, heatMapSpec } from '../../pipeline/experiments/charts/heat-map.js';
import { encodeIndexedPng } from '../../pipeline/experiments/charts/indexed-png.js';
import { renderPng, renderSvg } from '../../pipeline/experiments/charts/render.js';
import { viridis } from '../../pipeline/experiments/charts/style.js';
import { envelopeOf, pictureClip } from '../../pipeline/experiments/exploration/picture-clip.js';
import { extractChunk, featurePresets } from '../../pipeline/features/index.js';

/** Colours of an indexed PNG, row by row. */
function coloursOf(png: Buffer): string[][] {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const width = chunks.get('IHDR')!.readUInt32BE(0);
  const palette = chunks.get('PLTE')!.toString('hex').match(/.{6}/g)!;
  const rows = inflateSync(chunks.get('IDAT')!);
  return Array.from({ length: rows.length / (width + 1) }, (_, row) =>
    Array.from(rows.subarray(row * (width + 1) + 1, (row + 1) * (width + 1)), (index) => `#${palette[index]}`),
  );
}

describe('heat maps', () => {
  const map = { rows: 2, columns: 3, firstRow: 1, columnSeconds: 0.5, domain: [0, 8] as const };

  test('the lowest row is at the bottom, ends of the domain have the ends of viridis, what is beyond too', () => {
    const [top, bottom] = coloursOf(heatMapPng({ ...map, values: [0, 4, 8, -5, 2, 99] }));
    expect(bottom).toEqual([viridis[0], expect.any(String), viridis[8]]);
    expect(top).toEqual([viridis[0], expect.any(String), viridis[8]]);
    const brightness = ([, ...hex]: string) => Number.parseInt(hex.slice(2, 4).join(''), 16); // green: grows along viridis
    expect(brightness(top[1])).toBeLessThan(brightness(bottom[1]));
    expect(bottom[1]).toMatch(/^#2[0-4]9[0-2]8[a-e]$/); // the middle, #21918c
  });

  test('the PNG is one that another reader accepts, in its size and colours', async () => {
    const pixels = Uint8Array.from([0, 1, 1, 0, 0, 1]);
    const png = encodeIndexedPng({ width: 3, height: 2, pixels, palette: ['#ff0000', '#0000ff'] });
    const href = `data:image/png;base64,${png.toString('base64')}`;
    const size = 'width="3" height="2"';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><image href="${href}" ${size}/></svg>`;
    const drawn = await renderPng(svg); // decoded by resvg, whose reader checks every chunk's sum
    const blank = await renderPng(`<svg xmlns="http://www.w3.org/2000/svg" ${size}></svg>`);
    expect(Buffer.from(drawn).equals(Buffer.from(blank))).toBe(false);
    expect(() => encodeIndexedPng({ width: 4, height: 2, pixels, palette: [] })).toThrow(/8 pixels, not 6/);
  });

  test('a picture stands where its frames are, and is not a thousand rectangles', async () => {
    const values = Array.from({ length: 60 * 216 }, (_, i) => i % 17);
    const spec = heatMapSpec(
      { values, rows: 60, columns: 216, firstRow: 1, columnSeconds: 0.0116, domain: [0, 16] },
      { title: 'Mel', axis: 'mel band', colour: 'ln(1 + power)', seconds: 5.012, width: 500, height: 100 },
    );
    const svg = await renderSvg(spec as Parameters<typeof renderSvg>[0]);
    expect(svg.length).toBeLessThan(60_000);
    const [, width] = /<image [^>]*width="([\d.]+)"/.exec(svg)!;
    expect(Number(width)).toBeCloseTo((216 * 0.0116 * 500) / 5.012, 0);
    for (const text of ['mel band', 'time (s)', 'ln(1 + power)', 'Mel']) expect(svg).toContain(`>${text}</text>`);
  });
});

describe('distributions', () => {
  test('five numbers of 1 … 101', () => {
    const values = Array.from({ length: 101 }, (_, i) => 101 - i);
    expect(boxOf(values)).toEqual({ n: 101, p10: 11, p25: 26, median: 51, p75: 76, p90: 91 });
    expect(boxOf([])).toBeUndefined();
  });

  test('a box for each group with values, n below, the unit on the axis', async () => {
    const groups = [
      { category: 'angry', series: 'women', values: [200, 250, 300] },
      { category: 'angry', series: 'men', values: [100, 120] },
      { category: 'calm', series: 'women', values: [180] },
      { category: 'calm', series: 'men', values: [] },
    ];
    const axis = { title: 'median pitch (Hz)', logarithmicTicks: [100, 200, 300] };
    const svg = await renderSvg(distributionSpec(groups, axis, { text: 'Pitch' }));
    const texts = Array.from(svg.matchAll(/<text[^>]*>([^<]+)</g), ([, text]) => text);
    for (const text of [
      'angry',
      'calm',
      'women',
      'men',
      '100',
      '200',
      '300',
      'median pitch (Hz)',
      'Pitch',
      '1',
      '2',
      '3',
    ])
      expect(texts).toContain(text);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

describe('pictures of a clip', () => {
  test('a waveform column holds the lowest and highest of its samples, and every sample is in one', () => {
    const samples = Float32Array.from([0, 0.5, -0.5, 0.25, 1, -1, 0.1]);
    expect(envelopeOf(samples, 3)).toEqual({ lowest: [0, -0.5, -1], highest: [0.5, 0.25, 1] });
    expect(envelopeOf(samples, 100).highest).toHaveLength(7);
    const ramp = Float32Array.from({ length: 1001 }, (_, i) => i / 1001);
    const { lowest, highest } = envelopeOf(ramp, 10);
    expect(lowest[0]).toBe(0);
    expect(highest.at(-1)).toBeCloseTo(1000 / 1001, 3);
    for (let i = 1; i < 10; i++) expect(lowest[i] - highest[i - 1]).toBeCloseTo(1 / 1001, 3);
  });

  test('its features are those that models get, over the whole clip', async () => {
    const { clips } = await openCorpus('synthetic');
    const spec = featurePresets.demo;
    const picture = await pictureClip(clips[3], spec);
    const samples = await loadClip(clips[3], spec.sampleRateHz);
    expect(picture.seconds).toBeCloseTo(samples.length / spec.sampleRateHz, 9);
    const { bands, frames, values } = picture.melSpectrogram;
    expect([bands, frames]).toEqual([32, 1 + Math.floor(samples.length / spec.hopSamples)]);
    const model = extractChunk(samples, spec, 0); // from 0 s: the same frames, up to its end
    const modelFrames = model.length / bands;
    const compared = Math.min(frames, modelFrames) - 2; // both ends are reflected
    for (const band of [0, 7, 31])
      expect(values.slice(band * frames, band * frames + compared)).toBeAllClose(
        model.subarray(band * modelFrames, band * modelFrames + compared),
        { absolute: 0.0051 }, // two decimals
      );
    expect(picture.mfcc.bands).toBe(32);
  });
});
