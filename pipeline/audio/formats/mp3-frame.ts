/** What a frame's first four bytes say. */
export interface Mp3Frame {
  offset: number;
  /** Length with header and padding. */
  bytes: number;
  /** A channel. */
  samples: number;
  sampleRateHz: number;
  channelCount: number;
  /** Between the header (and its CRC, if any) and the main data. */
  sideInformationBytes: number;
}

const LAYER_III = 1;
const SINGLE_CHANNEL = 3;
const MPEG_1 = 3;
const MPEG_2_5 = 0;

const KILOBITS_MPEG_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KILOBITS_MPEG_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES_MPEG_1_HZ = [44_100, 48_000, 32_000];

/**
 * A layer III frame's header, or undefined where there is none (free format, bit rate 0, counts as none).
 * Bits: sync 11, version 2, layer 2, no CRC 1, bit rate 4, rate 2, padding 1, private 1, channel mode 2, 6 more.
 * Source: ISO/IEC 11172-3, 2.4.1.3 and 2.4.2.3; 13818-3, 2.4.2.3; MPEG 2.5 is Fraunhofer's extension.
 */
export function readMp3Frame(bytes: Uint8Array, offset: number): Mp3Frame | undefined {
  if (offset + 4 > bytes.length) return undefined;
  const [sync, kind, rates, modes] = bytes.subarray(offset, offset + 4);
  if (sync !== 0xff || kind >> 5 !== 7) return undefined;
  const version = (kind >> 3) & 3; // 0: 2.5, 2: 2, 3: 1
  const layer = (kind >> 1) & 3;
  const bitRateIndex = rates >> 4;
  const rateIndex = (rates >> 2) & 3;
  if (version === 1 || layer !== LAYER_III || bitRateIndex === 0 || bitRateIndex === 15 || rateIndex === 3)
    return undefined;

  const isMpeg1 = version === MPEG_1;
  const sampleRateHz = RATES_MPEG_1_HZ[rateIndex] / (isMpeg1 ? 1 : version === MPEG_2_5 ? 4 : 2);
  const bitsPerSecond = (isMpeg1 ? KILOBITS_MPEG_1 : KILOBITS_MPEG_2)[bitRateIndex] * 1000;
  const samples = isMpeg1 ? 1152 : 576;
  const padding = (rates >> 1) & 1;
  const channelCount = modes >> 6 === SINGLE_CHANNEL ? 1 : 2;
  const sideInformationBytes = isMpeg1 ? (channelCount === 1 ? 17 : 32) : channelCount === 1 ? 9 : 17;
  return {
    offset,
    bytes: Math.floor(((samples / 8) * bitsPerSecond) / sampleRateHz) + padding,
    samples,
    sampleRateHz,
    channelCount,
    sideInformationBytes,
  };
}
