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

export interface DecodedAudio {
  channels: Float32Array[]; // (channels)(samples)
  sampleRateHz: number;
  format: FormatName;
}

/**
 * A sound file's bytes → its channels as they are in the file, nominally −1…1, at the file's rate (Opus: 48 kHz).
 * The content decides which format it is, not the name. What the decoder gives is held against what the file's own
 * header promises: a file that was cut short is an error, not a shorter clip. Nothing is shared between calls.
 *
 * @param name the file, for messages
 * @throws SyntaxError for bytes that are no sound file, of a kind that is not supported, damaged or cut short;
 *   RangeError for a number of channels or a rate out of range (1 kHz to 768 kHz), or samples that are NaN or infinite.
 *   Each message is one line and begins with the name.
 */
export async function decodeAudio(bytes: Uint8Array, name: string): Promise<DecodedAudio> {
  try {
    const format = recognise(bytes);
    const opened = format.open(bytes);
    checkPromise(opened);
    const decoded = await opened.decode().catch((error: unknown) => {
      throw new SyntaxError(`the ${format.title} does not decode (${oneLine(error)})`);
    });
    checkKept(opened, decoded.channels, decoded.sampleRateHz);
    return { ...decoded, format: format.name };
  } catch (error) {
    const ErrorClass = error instanceof RangeError ? RangeError : SyntaxError;
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
  if (channelCount === 0) throw new RangeError('the header says 0 channels');
  if (sampleRateHz < LOWEST_RATE_HZ || sampleRateHz > HIGHEST_RATE_HZ)
    throw new RangeError(`the header says ${sampleRateHz} Hz (supported: ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz)`);
  if (sampleCount !== undefined && sampleCount <= 0) throw new SyntaxError('the file holds no samples, only a header');
}

function checkKept(promised: OpenedAudio, channels: readonly Float32Array[], sampleRateHz: number): void {
  const present = channels[0]?.length ?? 0;
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
