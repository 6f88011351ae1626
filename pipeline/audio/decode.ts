import { firstNotFinite } from './finite.js';
import { flac } from './formats/flac.js';
import type { AudioFormat, FormatName, OpenedAudio } from './formats/format.js';
import { mp3 } from './formats/mp3.js';
import { oggOpus, oggVorbis, otherOggCodec } from './formats/ogg.js';
import { wav } from './formats/wav.js';

/** All that can be read. A new format is a file in formats/ and its name here. */
const formats: readonly AudioFormat[] = [wav, flac, oggVorbis, oggOpus, mp3];

const SUPPORTED = `supported: ${formats.map((format) => format.title).join(', ')}`;

const LOWEST_RATE_HZ = 1000;
const HIGHEST_RATE_HZ = 768_000;

const MOST_CHANNELS = 32;

/** A stereo recording at 96 kHz has as many samples a second, over both channels; what has more may be no longer in all. */
const SAMPLES_A_SECOND = 192_000;

/** More sound than the caller is ready for. */
export class AudioTooLong extends RangeError {}

export interface DecodeOptions {
  /**
   * The longest clip that is taken, above 0; default: any. A longer one is refused by its header where that tells, else
   * as soon as that much is decoded, so that a small file cannot ask for much memory. Of more than 192 000 samples a
   * second over all channels accordingly less is taken.
   */
  maxSeconds?: number;
}

export interface DecodedAudio {
  channels: Float32Array[]; // (channels)(samples)
  sampleRateHz: number;
  format: FormatName;
}

/**
 * A sound file's bytes → its channels as they are in the file, nominally −1…1, at the file's rate (Opus: 48 kHz).
 * The content decides which format it is, not the name. What the decoder gives is held against what the file's own
 * header promises: a file that was cut short is an error, not a shorter clip, and decoding ends where more comes than was
 * promised. Nothing is shared between calls.
 *
 * @param name the file, for messages
 * @throws SyntaxError for bytes that are no sound file, of a kind that is not supported, damaged or cut short;
 *   RangeError for a number of channels or a rate out of range (1 to 32, 1 kHz to 768 kHz), samples that are NaN or
 *   infinite; AudioTooLong for a clip longer than `maxSeconds`.
 *   Each message is one line and begins with the name.
 */
export async function decodeAudio(
  bytes: Uint8Array,
  name: string,
  { maxSeconds = Number.POSITIVE_INFINITY }: DecodeOptions = {},
): Promise<DecodedAudio> {
  if (!(maxSeconds > 0)) throw new RangeError(`maxSeconds ${maxSeconds} is not supported (supported: above 0)`);
  try {
    const format = recognise(bytes);
    const opened = format.open(bytes);
    checkPromise(opened);
    const mostSamples = longest(opened, maxSeconds);
    const promised = opened.sampleCount ?? Number.POSITIVE_INFINITY;
    checkLength(opened.sampleCount ?? 0, mostSamples, maxSeconds);
    const decoded = await opened.decode(Math.min(promised, mostSamples)).catch((error: unknown) => {
      throw new SyntaxError(`the ${format.title} does not decode (${oneLine(error)})`);
    });
    if (promised > mostSamples) checkLength(decoded.channels[0]?.length ?? 0, mostSamples, maxSeconds);
    checkKept(opened, decoded.channels, decoded.sampleRateHz);
    return { ...decoded, format: format.name };
  } catch (error) {
    const ErrorClass = [AudioTooLong, RangeError].find((kind) => error instanceof kind) ?? SyntaxError;
    throw new ErrorClass(`${name}: ${oneLine(error)}`);
  }
}

function recognise(bytes: Uint8Array): AudioFormat {
  if (bytes.length === 0) throw new SyntaxError(`the file is empty (${SUPPORTED})`);
  const format = formats.find(({ recognises }) => recognises(bytes));
  if (format) return format;
  const oggCodec = otherOggCodec(bytes);
  if (oggCodec) throw new SyntaxError(`${oggCodec} in Ogg is not supported (${SUPPORTED})`);
  throw new SyntaxError(`not a sound file of a known format (${SUPPORTED})`);
}

function checkPromise({ channelCount, sampleRateHz, sampleCount }: OpenedAudio): void {
  if (channelCount < 1 || channelCount > MOST_CHANNELS)
    throw new RangeError(`the header says ${channelCount} channels (supported: 1 to ${MOST_CHANNELS})`);
  if (sampleRateHz < LOWEST_RATE_HZ || sampleRateHz > HIGHEST_RATE_HZ)
    throw new RangeError(`the header says ${sampleRateHz} Hz (supported: ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz)`);
  if (sampleCount !== undefined && sampleCount <= 0) throw new SyntaxError('the file holds no samples, only a header');
}

/** Samples a channel that a recording of `maxSeconds` may have. */
function longest({ channelCount, sampleRateHz }: OpenedAudio, maxSeconds: number): number {
  return Math.floor(maxSeconds * Math.min(sampleRateHz, SAMPLES_A_SECOND / channelCount));
}

function checkLength(sampleCount: number, mostSamples: number, maxSeconds: number): void {
  if (sampleCount > mostSamples) throw new AudioTooLong(`longer than the ${maxSeconds} s that are taken here`);
}

function checkKept(promised: OpenedAudio, channels: readonly Float32Array[], sampleRateHz: number): void {
  const present = channels[0]?.length ?? 0;
  if (promised.sampleCount !== undefined && present > promised.sampleCount)
    throw new SyntaxError(`damaged: the header promises ${promised.sampleCount} samples, more are there`);
  if (promised.sampleCount !== undefined && present !== promised.sampleCount)
    throw new SyntaxError(
      `cut short or damaged: the header promises ${promised.sampleCount} samples, ${present} are there`,
    );
  if (promised.damage) throw new SyntaxError(`cut short or damaged: ${promised.damage}`);
  if (present === 0) throw new SyntaxError('the file holds no samples, only a header');
  if (channels.length !== promised.channelCount || sampleRateHz !== promised.sampleRateHz)
    throw new SyntaxError(
      `damaged: the header says ${promised.channelCount} channels at ${promised.sampleRateHz} Hz, ` +
        `the content ${channels.length} at ${sampleRateHz} Hz`,
    );
  channels.forEach((channel, c) => {
    const i = firstNotFinite(channel);
    if (i >= 0) throw new RangeError(`sample ${i} of channel ${c} is ${channel[i]}; samples must be finite numbers`);
  });
}

/** Of whatever was thrown; what libraries report can run over several lines. */
function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim();
}
