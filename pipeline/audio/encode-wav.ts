const HEADER_BYTES = 44;

/**
 * A mono WAV file of 16-bit PCM. Samples are scaled by 32768, rounded and clipped to −32768…32767, so that reading
 * it back (value / 32768) is within half a step, 1.5e-5, except at +1, which becomes 32767/32768.
 *
 * @param samples nominally −1…1, finite
 * @param sampleRateHz a positive integer
 * @throws RangeError for a NaN or infinite sample, or a rate that is no positive integer
 * Source: Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0", WAVE.
 */
export function encodeWav(samples: Float32Array, sampleRateHz: number): Uint8Array {
  if (!Number.isInteger(sampleRateHz) || sampleRateHz < 1)
    throw new RangeError(`cannot write a WAV at ${sampleRateHz} Hz: the rate is a positive whole number`);
  const dataBytes = samples.length * 2;
  const bytes = new Uint8Array(HEADER_BYTES + dataBytes);
  const view = new DataView(bytes.buffer);
  const ascii = (offset: number, text: string) => {
    for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
  };
  ascii(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); // size of the fmt chunk
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * 2, true); // bytes a second
  view.setUint16(32, 2, true); // bytes a frame
  view.setUint16(34, 16, true); // bits a sample
  ascii(36, 'data');
  view.setUint32(40, dataBytes, true);
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i])) throw new RangeError(`cannot write a WAV: sample ${i} is ${samples[i]}`);
    view.setInt16(HEADER_BYTES + 2 * i, Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768))), true);
  }
  return bytes;
}
