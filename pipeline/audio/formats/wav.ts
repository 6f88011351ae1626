import { type AudioFormat, ascii, type OpenedAudio, viewOf } from './format.js';

const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** Codecs that people meet, by format tag, for the message; the registry (RFC 2361) has hundreds. */
const CODEC_NAMES: Record<number, string> = {
  2: 'Microsoft ADPCM',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG layer I or II',
  85: 'MP3',
};

const SUPPORTED = 'supported: 8, 16, 24, 32-bit integer, 32, 64-bit float';

/** Samples of one channel, `stepBytes` apart from `offset` on, into the whole of `values`. */
type ReadChannel = (view: DataView, offset: number, stepBytes: number, values: Float32Array) => void;

/** A loop for each kind, so that none calls a function for each sample: that takes as long as all the rest. */
const readers: Record<string, ReadChannel> = {
  // WAV's only unsigned kind
  '8-bit integer': (view, offset, stepBytes, values) => {
    for (let i = 0; i < values.length; i++, offset += stepBytes) values[i] = (view.getUint8(offset) - 128) / 2 ** 7;
  },
  // Full scale is 2^(bits − 1), as in libsndfile and FLAC: the same signal gives the same numbers from either.
  '16-bit integer': (view, offset, stepBytes, values) => {
    for (let i = 0; i < values.length; i++, offset += stepBytes) values[i] = view.getInt16(offset, true) / 2 ** 15;
  },
  '24-bit integer': (view, offset, stepBytes, values) => {
    for (let i = 0; i < values.length; i++, offset += stepBytes)
      values[i] = ((view.getInt8(offset + 2) << 16) | view.getUint16(offset, true)) / 2 ** 23;
  },
  '32-bit integer': (view, offset, stepBytes, values) => {
    for (let i = 0; i < values.length; i++, offset += stepBytes) values[i] = view.getInt32(offset, true) / 2 ** 31;
  },
  '32-bit float': (view, offset, stepBytes, values) => {
    for (let i = 0; i < values.length; i++, offset += stepBytes) values[i] = view.getFloat32(offset, true);
  },
  '64-bit float': (view, offset, stepBytes, values) => {
    for (let i = 0; i < values.length; i++, offset += stepBytes) values[i] = view.getFloat64(offset, true);
  },
};

/**
 * RIFF WAVE: uncompressed integer and float samples, plain and WAVE_FORMAT_EXTENSIBLE.
 *
 * Read here and not by a library because the header has to be walked in any case, and because the library at hand
 * divides positive values by 32767 and negative ones by 32768. The RIFF size is ignored (recorders often leave it
 * wrong); the data chunk's size is what counts. A size of 0 (with bytes following that are no chunk), of 0xFFFFFFFF
 * (ffmpeg) or from 0x7FFF0000 to 0x7FFFFFFF beyond the end (sox) is how a stream says "unknown": then the data go to
 * the end of the file.
 * Source: "Multimedia Programming Interface and Data Specifications 1.0"; Microsoft, "Multiple channel audio data and
 * WAVE files" (extensible).
 */
export const wav: AudioFormat = {
  name: 'wav',
  title: 'WAV',
  recognises: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WAVE',
  open(bytes) {
    const { fmt, data } = findChunks(bytes);
    return openSamples(fmt, data);
  },
};

function findChunks(bytes: Uint8Array): { fmt: Uint8Array; data: Uint8Array } {
  const view = viewOf(bytes);
  let fmt: Uint8Array | undefined;
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const id = ascii(bytes, offset, 4);
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (id === 'data') {
      if (!fmt) throw new SyntaxError('the WAV has no fmt chunk before its data');
      return { fmt, data: dataChunk(bytes, start, size) };
    }
    if (start + size > bytes.length)
      throw new SyntaxError(
        `cut short or damaged: the WAV chunk ${JSON.stringify(id)} claims ${size} bytes, ${bytes.length - start} are there`,
      );
    if (id === 'fmt ') fmt = bytes.subarray(start, start + size);
    offset = start + size + (size % 2); // chunks begin at even offsets
  }
  throw new SyntaxError(`cut short: the WAV ends before its ${fmt ? 'data' : 'fmt'} chunk`);
}

function dataChunk(bytes: Uint8Array, start: number, size: number): Uint8Array {
  const present = bytes.length - start;
  const isStreamed =
    size === 0xffffffff ||
    (size >= 0x7fff0000 && size <= 0x7fffffff && size > present) ||
    (size === 0 && present > 0 && !isChunkList(bytes, start));
  if (isStreamed) return bytes.subarray(start);
  if (size > present)
    throw new SyntaxError(`cut short: the WAV header promises ${size} bytes of samples, ${present} are there`);
  return bytes.subarray(start, start + size);
}

/** Whether the rest of the file is a row of chunks that ends where the file does. */
function isChunkList(bytes: Uint8Array, start: number): boolean {
  const view = viewOf(bytes);
  let offset = start;
  while (offset + 8 <= bytes.length && /^[ -~]{4}$/.test(ascii(bytes, offset, 4))) {
    const size = view.getUint32(offset + 4, true);
    offset += 8 + size + (size % 2);
  }
  return offset === bytes.length;
}

function openSamples(fmt: Uint8Array, data: Uint8Array): OpenedAudio {
  const view = viewOf(fmt);
  if (fmt.length < 16) throw new SyntaxError(`the WAV's fmt chunk has ${fmt.length} bytes, at least 16 are needed`);
  let tag = view.getUint16(0, true);
  if (tag === EXTENSIBLE) {
    if (fmt.length < 40)
      throw new SyntaxError(`the WAV's extensible fmt chunk has ${fmt.length} bytes, at least 40 are needed`);
    tag = view.getUint16(24, true); // the sub-format's first field is a tag of old
  }
  const channelCount = view.getUint16(2, true);
  const sampleRateHz = view.getUint32(4, true);
  const frameBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  if (tag !== PCM && tag !== IEEE_FLOAT) {
    const codec = CODEC_NAMES[tag] ?? `codec 0x${tag.toString(16).padStart(4, '0')}`;
    throw new SyntaxError(`${codec} in WAV is not supported (${SUPPORTED})`);
  }
  const kind = `${bits}-bit ${tag === PCM ? 'integer' : 'float'}`;
  const readChannel = readers[kind];
  if (!readChannel) throw new SyntaxError(`${tag === PCM ? `${bits}-bit` : kind} WAV is not supported (${SUPPORTED})`);
  const sampleBytes = bits / 8;
  if (frameBytes !== channelCount * sampleBytes)
    throw new SyntaxError(
      `the WAV header contradicts itself: ${channelCount} channels of ${kind} in frames of ${frameBytes} bytes`,
    );
  if (channelCount > 0 && data.length % frameBytes !== 0)
    throw new SyntaxError(
      `cut short or damaged: ${data.length} bytes of samples are no whole number of ${frameBytes}-byte frames`,
    );

  const sampleCount = channelCount > 0 ? data.length / frameBytes : 0;
  return {
    channelCount,
    sampleRateHz,
    sampleCount,
    async decode() {
      const samples = viewOf(data);
      const channels = Array.from({ length: channelCount }, (_, channel) => {
        const values = new Float32Array(sampleCount);
        readChannel(samples, channel * sampleBytes, frameBytes, values);
        return values;
      });
      return { channels, sampleRateHz };
    },
  };
}
