import { type AudioFormat, ascii, type OpenedAudio, viewOf } from './format.js';
import { decodeByLibrary } from './library.js';
import { type Mp3Frame, readMp3Frame } from './mp3-frame.js';

/**
 * MPEG-1, 2 and 2.5 layer III, decoded by mpg123. The frames are walked first, from the end of an ID3v2 tag to the end
 * of the file (or of the ID3v1 or APE tag there): each begins where the one before it ends. With a Xing or Info
 * frame, its number of frames must be there, and its LAME extension tells how many samples of encoder delay and padding
 * the decoder takes off. A file without one that was cut exactly between two frames is a whole shorter file: nothing
 * in it says otherwise. Free format is not supported.
 * Source: ISO/IEC 11172-3, 13818-3; the Xing and LAME tags as mpg123 and LAME write and read them.
 */
export const mp3: AudioFormat = {
  name: 'mp3',
  title: 'MP3',
  recognises: (bytes) => ascii(bytes, 0, 3) === 'ID3' || readMp3Frame(bytes, 0) !== undefined,
  open(bytes): OpenedAudio {
    const start = id3v2End(bytes);
    const end = trailingTagStart(bytes);
    const frames = walkFrames(bytes, start, end);
    const [first] = frames;
    const info = readInfo(bytes, first);
    const audioFrames = info ? frames.length - 1 : frames.length;
    if (info?.frameCount !== undefined && info.frameCount !== audioFrames)
      throw new SyntaxError(
        `cut short or damaged: the MP3 header promises ${info.frameCount} frames, ${audioFrames} are there`,
      );
    return {
      channelCount: first.channelCount,
      sampleRateHz: first.sampleRateHz,
      sampleCount: audioFrames * first.samples - (info?.trimmedSamples ?? 0),
      async decode(mostSamples) {
        const { decoder } = await import('@audio/decode-mp3');
        const { channels, sampleRateHz } = await decodeByLibrary(decoder, bytes.subarray(start, end), mostSamples);
        return { channels: channels.slice(0, first.channelCount), sampleRateHz }; // mpg123 doubles mono
      },
    };
  },
};

/** Every frame from start to end, all of one kind. */
function walkFrames(bytes: Uint8Array, start: number, end: number): [Mp3Frame, ...Mp3Frame[]] {
  const frames: Mp3Frame[] = [];
  for (let offset = start; offset < end; ) {
    const frame = readMp3Frame(bytes, offset);
    if (!frame) throw new SyntaxError(`cut short or damaged: no MP3 frame begins at byte ${offset}`);
    if (offset + frame.bytes > end) throw new SyntaxError('cut short: the MP3 ends inside a frame');
    const [first = frame] = frames;
    if (frame.sampleRateHz !== first.sampleRateHz || frame.channelCount !== first.channelCount)
      throw new SyntaxError(`damaged: the MP3 changes its rate or channels at byte ${offset}`);
    frames.push(frame);
    offset += frame.bytes;
  }
  const [first, ...rest] = frames;
  if (!first) throw new SyntaxError('the MP3 holds no frames, only tags');
  return [first, ...rest];
}

/** An ID3v2 tag's size has 7 bits a byte. Source: id3.org, ID3v2.4.0 structure, 3.1. */
function id3v2End(bytes: Uint8Array): number {
  if (ascii(bytes, 0, 3) !== 'ID3') return 0;
  if (bytes.length < 10) throw new SyntaxError('cut short: the MP3 ends inside its ID3 tag');
  const size = bytes.subarray(6, 10).reduce((sum, seven) => sum * 128 + (seven & 127), 0);
  const footerBytes = bytes[5] & 0x10 ? 10 : 0;
  const end = 10 + size + footerBytes;
  if (end > bytes.length) throw new SyntaxError('cut short: the MP3 ends inside its ID3 tag');
  return end;
}

/** ID3v1 (the last 128 bytes, from `TAG`) and before it APEv2 (its footer gives the size, with or without a header). */
function trailingTagStart(bytes: Uint8Array): number {
  let end = bytes.length;
  if (end >= 128 && ascii(bytes, end - 128, 3) === 'TAG') end -= 128;
  if (end >= 32 && ascii(bytes, end - 32, 8) === 'APETAGEX') {
    const footer = viewOf(bytes.subarray(end - 32, end));
    const headerBytes = footer.getUint32(20, true) & 0x80000000 ? 32 : 0;
    end = Math.max(0, end - footer.getUint32(12, true) - headerBytes);
  }
  return end;
}

/** The Xing or Info frame, a silent first frame that describes the file; undefined where the first frame is sound. */
function readInfo(bytes: Uint8Array, first: Mp3Frame): { frameCount?: number; trimmedSamples: number } | undefined {
  const frame = bytes.subarray(first.offset, first.offset + first.bytes);
  const start = 4 + first.sideInformationBytes;
  if (!['Xing', 'Info'].includes(ascii(frame, start, 4)) || frame.length < start + 8) return undefined;
  const flags = viewOf(frame).getUint32(start + 4);
  let offset = start + 8;
  let frameCount: number | undefined;
  if (flags & 1) {
    if (offset + 4 > frame.length) throw new SyntaxError("damaged: the MP3's Info frame is too short");
    frameCount = viewOf(frame).getUint32(offset);
    offset += 4;
  }
  if (flags & 2) offset += 4; // bytes in the file
  if (flags & 4) offset += 100; // table of contents
  if (flags & 8) offset += 4; // quality
  // LAME's extension: encoder (9), revision, low-pass, replay gain (8), flags, bit rate; then 12 bits each.
  if (offset + 24 > frame.length || !/^[ -~]{4}$/.test(ascii(frame, offset, 4)))
    return { frameCount, trimmedSamples: 0 };
  const delayBytes = frame.subarray(offset + 21, offset + 24);
  const delay = (delayBytes[0] << 4) | (delayBytes[1] >> 4);
  const padding = ((delayBytes[1] & 15) << 8) | delayBytes[2];
  return { frameCount, trimmedSamples: delay + padding };
}
