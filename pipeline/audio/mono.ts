/**
 * The mean of the channels, sample by sample, as librosa and torchaudio mix: n equal channels give that channel back.
 *
 * @param channels at least one, all of one length // (channels)(samples)
 * @throws RangeError without a channel or with channels of several lengths
 */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 0) throw new RangeError('cannot mix to mono: there is no channel');
  if (channels.some((channel) => channel.length !== channels[0].length))
    throw new RangeError('cannot mix to mono: the channels differ in length');
  if (channels.length === 1) return channels[0].slice();
  const mono = new Float32Array(channels[0].length);
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels.length; c++) sum += channels[c][i];
    mono[i] = sum / channels.length;
  }
  return mono;
}
