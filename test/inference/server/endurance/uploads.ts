import { readFileSync } from 'node:fs';
import seedrandom from 'seedrandom';
import { encodeWav } from '../../../../pipeline/audio/index.js';
import { fromRoot } from '../../../support/paths.js';
import { flacOfSilence } from '../flac-of-silence.js';
import { tone } from '../serve.js';

const golden = (file: string) => new Uint8Array(readFileSync(fromRoot('test', 'golden', 'audio', file)));

/** One sound file of every format, and one that is larger than it looks. */
export const intactFiles = (): Uint8Array[] => [
  encodeWav(tone(0.3), 8000),
  ...['stereo.flac', 'mono-piped.flac', 'stereo.mp3', 'stereo-vorbis.ogg', 'stereo-opus.ogg'].map(golden),
  flacOfSilence(100, 0),
];

/** A file with some of its bytes changed, cut, doubled or behind others; the same for the same seed. */
export function mutated(files: readonly Uint8Array[], seed: string): Uint8Array {
  const random = seedrandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  let bytes = files[below(files.length)].slice();
  for (let i = below(6); i >= 0; i--) {
    const at = below(random() < 0.5 ? Math.min(100, bytes.length) : bytes.length);
    const kind = below(10);
    if (kind < 6) bytes[at] = below(256);
    else if (kind < 7) bytes[at] = 255;
    else if (kind < 8) bytes = bytes.slice(0, at + 1);
    else if (kind < 9) bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at >> 1)]);
    else bytes = Uint8Array.from([...files[below(files.length)].subarray(0, below(200)), ...bytes]);
  }
  return bytes;
}

/** A form around a recording, its own bytes changed here and there too. */
export function mutatedForm(recording: Uint8Array, seed: string): { body: Uint8Array; type: string } {
  const random = seedrandom(`form ${seed}`);
  const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n';
  const body = Uint8Array.from(Buffer.concat([Buffer.from(head), recording, Buffer.from('\r\n--x--\r\n')]));
  for (let i = Math.floor(random() * 3); i > 0; i--)
    body[Math.floor(random() * head.length)] = Math.floor(random() * 256);
  return { body, type: 'multipart/form-data; boundary=x' };
}
