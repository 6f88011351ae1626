import { decodeAudio as decodeChannels, mixToMono } from '../pipeline/audio/index.js';
import type { Clip } from './answers.js';

/**
 * A sound file's bytes → mono samples at the file's own rate, ready for `classify`: WAV, FLAC, MP3, Ogg Vorbis, Ogg Opus
 * (at 48 kHz). The same numbers in Node and in every browser, which `AudioContext.decodeAudioData` does not promise.
 * The content decides which format it is. A file that was cut short is an error, not a shorter clip.
 *
 * @param name - of the file, for messages
 * @throws SyntaxError for bytes that are no sound file, of a kind that is not supported, damaged or cut short; RangeError
 *   for a number of channels or a rate out of range (1 kHz to 768 kHz). One line that begins with the name.
 * @example
 * ```ts
 * const bytes = new Uint8Array(await (await fetch('hello.flac')).arrayBuffer());
 * const { samples, sampleRateHz } = await decodeAudio(bytes, 'hello.flac');
 * const { label } = await recognizer.classify(samples, { sampleRateHz });
 * ```
 */
export async function decodeAudio(bytes: Uint8Array, name = 'audio'): Promise<Clip> {
  const { channels, sampleRateHz } = await decodeChannels(bytes, name);
  return { samples: mixToMono(channels), sampleRateHz };
}
