import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeAudio, encodeWav, loadAudio } from '../../pipeline/audio/index.js';
import { fromRoot } from '../support/paths.js';
import { dataChunk, type Fmt, fmtChunk, text, wavBytes } from './wav-bytes.js';

const golden = (file: string) => Uint8Array.from(readFileSync(fromRoot('test', 'golden', 'audio', file)));
const wav = (fmt: Fmt, data: ArrayLike<number> = [0, 0, 0, 0], size?: number) =>
  wavBytes([fmtChunk(fmt), dataChunk(data, size)]);
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const FORMATS = 'supported: WAV, FLAC, Ogg Vorbis, Ogg Opus, MP3';
const KINDS = 'supported: 8, 16, 24, 32-bit integer, 32, 64-bit float';

describe('bad input: what the one line says', () => {
  const flac = golden('stereo.flac');
  const FLAC_HEADER_BYTES = 86; // its metadata blocks
  const cases: [string, Uint8Array, string][] = [
    ['an empty file', new Uint8Array(0), `the file is empty (${FORMATS})`],
    ['text', Uint8Array.from(text('Hello, this is no sound.')), `not a sound file of a known format (${FORMATS})`],
    [
      'text that begins like a WAV',
      Uint8Array.from(text('RIFF of the week')),
      `not a sound file of a known format (${FORMATS})`,
    ],
    [
      'RIFF alone',
      Uint8Array.from([...text('RIFF'), 4, 0, 0, 0, ...text('WAVE')]),
      'cut short: the WAV ends before its fmt chunk',
    ],
    ['a header alone', wavBytes([fmtChunk()]), 'cut short: the WAV ends before its data chunk'],
    ['no samples', wav({}, []), 'the file holds no samples, only a header'],
    [
      'no samples, other chunks after',
      wavBytes([fmtChunk(), dataChunk([]), { id: 'LIST', body: Uint8Array.of(1, 2) }]),
      'the file holds no samples, only a header',
    ],
    ['data before fmt', wavBytes([dataChunk([0, 0])]), 'the WAV has no fmt chunk before its data'],
    [
      'data cut short',
      wav({}, [0, 0, 0, 0], 96_000),
      'cut short: the WAV header promises 96000 bytes of samples, 4 are there',
    ],
    [
      'a chunk larger than the file',
      wavBytes([{ id: 'LIST', body: Uint8Array.of(1, 2), size: 4e9 }]),
      'cut short or damaged: the WAV chunk "LIST" claims 4000000000 bytes, 2 are there',
    ],
    [
      'half a sample at the end',
      wav({}, [0, 0, 0]),
      'cut short or damaged: 3 bytes of samples are no whole number of 2-byte frames',
    ],
    [
      'frames that do not add up',
      wav({ frameBytes: 3 }),
      'the WAV header contradicts itself: 1 channels of 16-bit integer in frames of 3 bytes',
    ],
    [
      'a short fmt chunk',
      wavBytes([{ id: 'fmt ', body: Uint8Array.of(1, 0) }, dataChunk([0, 0])]),
      "the WAV's fmt chunk has 2 bytes, at least 16 are needed",
    ],
    ['0 channels', wav({ channels: 0 }), 'the header says 0 channels'],
    ['0 Hz', wav({ sampleRateHz: 0 }), 'the header says 0 Hz (supported: 1000 to 768000 Hz)'],
    ['4 GHz', wav({ sampleRateHz: 4e9 }), 'the header says 4000000000 Hz (supported: 1000 to 768000 Hz)'],
    ['12-bit', wav({ bits: 12, frameBytes: 2 }), `12-bit WAV is not supported (${KINDS})`],
    ['16-bit float', wav({ tag: 3, bits: 16 }), `16-bit float WAV is not supported (${KINDS})`],
    ['µ-law', wav({ tag: 7, bits: 8 }), `µ-law in WAV is not supported (${KINDS})`],
    ['ADPCM', wav({ tag: 2, bits: 4, frameBytes: 256 }), `Microsoft ADPCM in WAV is not supported (${KINDS})`],
    ['an unknown codec', wav({ tag: 0x1234 }), `codec 0x1234 in WAV is not supported (${KINDS})`],
    [
      'NaN',
      wav({ tag: 3, bits: 32 }, floats(0, Number.NaN)),
      'sample 1 of channel 0 is NaN; samples must be finite numbers',
    ],
    [
      'infinity',
      wav({ tag: 3, bits: 32 }, floats(Number.NEGATIVE_INFINITY)),
      'sample 0 of channel 0 is -Infinity; samples must be finite numbers',
    ],
    ['a FLAC header cut short', flac.subarray(0, 42), 'cut short: the FLAC ends inside its header'],
    [
      'a FLAC header alone',
      flac.subarray(0, FLAC_HEADER_BYTES),
      'cut short or damaged: the header promises 12000 samples, 0 are there',
    ],
    ['half a FLAC', flac.subarray(0, 6000), 'cut short or damaged: the header promises 12000 samples, 4096 are there'],
    [
      'a piped FLAC cut short',
      golden('mono-piped.flac').subarray(0, -1),
      'cut short or damaged: a frame fails its checksum',
    ],
    ['half an MP3', golden('stereo.mp3').subarray(0, 2000), 'cut short: the MP3 ends inside a frame'],
    [
      'an MP3 without its last frame',
      golden('stereo.mp3').subarray(0, -418),
      'cut short or damaged: the MP3 header promises 11 frames, 10 are there',
    ],
    ['an ID3 tag alone', Uint8Array.from([...text('ID3'), 4, 0, 0, 0, 0, 0, 0]), 'the MP3 holds no frames, only tags'],
    ['half an Ogg', golden('stereo-vorbis.ogg').subarray(0, 5000), 'cut short: the Ogg ends inside a page'],
    [
      'an Ogg header page alone',
      golden('stereo-opus.ogg').subarray(0, 47),
      'cut short: the last Ogg page does not say that it is the last',
    ],
    [
      'two Oggs in one file',
      Uint8Array.from([...golden('stereo-opus.ogg'), ...golden('stereo-opus.ogg')]),
      'Ogg with more than one stream is not supported',
    ],
  ];
  test.each(cases)('%s', async (_, bytes, message) => {
    await expect(loadAudio(bytes, 'clip.x', 16_000)).rejects.toThrow(`clip.x: ${message}`);
  });

  test('a page in Ogg that was changed', async () => {
    const bytes = golden('stereo-opus.ogg');
    bytes[2000] ^= 1;
    await expect(decodeAudio(bytes, 'a.ogg')).rejects.toThrow(
      /^a\.ogg: damaged: the Ogg page at byte \d+ fails its checksum$/,
    );
  });
});

/** Sound or one line that names the file; anything else fails. */
async function soundOrOneLine(bytes: Uint8Array): Promise<Float32Array[] | undefined> {
  try {
    const { channels } = await decodeAudio(bytes, 'some file');
    expect(channels.every((channel) => channel.length > 0 && channel.every(Number.isFinite))).toBe(true);
    return channels;
  } catch (error) {
    expect([SyntaxError, RangeError]).toContain((error as Error).constructor);
    expect((error as Error).message).toMatch(/^some file: [^\n]+$/);
    return undefined;
  }
}

const settings = { seed: 3, numRuns: 80 };

describe('whatever the bytes are', () => {
  test('random bytes behind each format’s first bytes give a one-line error', async () => {
    const magics = [
      '',
      'RIFF\0\0\0\0WAVE',
      'RIFF\0\0\0\0WAVEfmt \x10\0\0\0',
      'fLaC',
      'OggS',
      'ID3\x04\0\0\0\0\0\0',
      '\xff\xfb\x90\x44',
    ];
    const bytes = fc.tuple(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 2000 }));
    await fc.assert(
      fc.asyncProperty(bytes, async ([magic, rest]) => {
        expect(await soundOrOneLine(Uint8Array.from([...text(magic), ...rest]))).toBeUndefined();
      }),
      settings,
    );
  });

  const files: [string, Uint8Array][] = [
    [
      'WAV',
      encodeWav(
        Float32Array.from({ length: 400 }, (_, i) => Math.sin(i)),
        16_000,
      ),
    ],
    ['FLAC', golden('stereo.flac')],
    ['FLAC from a pipe', golden('mono-piped.flac')],
    ['MP3', golden('stereo.mp3')],
    ['Ogg Vorbis', golden('stereo-vorbis.ogg')],
    ['Ogg Opus', golden('stereo-opus.ogg')],
  ];
  test.each(files)('%s cut anywhere is an error', async (_, bytes) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (length) => {
        expect(await soundOrOneLine(bytes.subarray(0, length))).toBeUndefined();
      }),
      settings,
    );
  });

  const mutations = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.boolean()), { minLength: 1, maxLength: 5 });
  const mutate = (bytes: Uint8Array, places: [number, number, boolean][]) => {
    const mutated = bytes.slice();
    // Half of them among the first 100 bytes, where the header is.
    for (const [at, value, early] of places) mutated[at % (early ? 100 : mutated.length)] = value;
    return mutated;
  };

  test.each(files)('%s changed anywhere gives sound or a one-line error', async (_, bytes) => {
    await fc.assert(
      fc.asyncProperty(mutations, async (places) => {
        await soundOrOneLine(mutate(bytes, places));
      }),
      settings,
    );
  });

  test.each(files.filter(([title]) => /FLAC|Ogg/.test(title)))(
    '%s changed anywhere never gives other sound',
    async (_, bytes) => {
      const { channels: intact } = await decodeAudio(bytes, 'intact');
      await fc.assert(
        fc.asyncProperty(mutations, async (places) => {
          const channels = await soundOrOneLine(mutate(bytes, places));
          if (channels) expect(channels).toEqual(intact);
        }),
        settings,
      );
    },
  );
});
