import type { Recognizer } from '../classifier.js';
import type { StreamResult, StreamSession } from './session.js';
import { type SpeechGate, toSpeechGate } from './speech-gate.js';
import { planWindows, type WindowOptions } from './windows.js';

export type { StreamResult } from './session.js';

/** How `Recognizer.stream` is to cut, gate and smooth. */
export interface StreamOptions extends WindowOptions {
  /** Samples a second of the blocks: a whole number, 1,000 to 768,000. */
  sampleRateHz: number;
  /** Half-life of the smoothing, seconds; 0 for none. Default 1. */
  halfLifeSeconds?: number;
  /** What counts as speech; `false` labels every window, whatever is in it. Default: `defaultSpeechGate`. */
  gate?: Partial<SpeechGate> | boolean;
  /**
   * For live input: blocks are taken at once, however slow the model or the reader is, each result is of the newest window,
   * and says how many were skipped. Default: no window is lost, and the writer waits.
   */
  latest?: boolean;
}

/**
 * `Recognizer.stream`: a pair of a writable of blocks and a readable of results. A TransformStream waits once a block,
 * however many results it makes; here the writer waits for each result, so nothing queues up.
 *
 * @throws RangeError or TypeError for options out of range
 */
export function streamResults(
  recognizer: Recognizer,
  options: StreamOptions,
): TransformStream<Float32Array, StreamResult> {
  const { sampleRateHz, halfLifeSeconds = 1, latest = false } = options;
  if (!Number.isInteger(sampleRateHz) || sampleRateHz < 1000 || sampleRateHz > 768_000)
    throw new RangeError(`sampleRateHz ${sampleRateHz} is not supported (supported: whole numbers, 1000 to 768000)`);
  if (typeof halfLifeSeconds !== 'number' || !(halfLifeSeconds >= 0 && halfLifeSeconds < Number.POSITIVE_INFINITY))
    throw new RangeError(`halfLifeSeconds ${halfLifeSeconds} is not supported (supported: 0 and up)`);
  const plan = planWindows(recognizer.metadata.featureSpec, options);
  const settings = { sampleRateHz, plan, ...toSpeechGate(options.gate), halfLifeSeconds, latest };
  return connect(import('./session.js').then(({ StreamSession }) => new StreamSession(recognizer, settings)));
}

/** Both ends of a session: an error at one is an error at the other, and ends the session. */
function connect(opening: Promise<StreamSession>): TransformStream<Float32Array, StreamResult> {
  let failWriter = (_reason: unknown): void => {};
  let failReader = (_reason: unknown): void => {};
  const end = (reason: unknown): void => {
    opening.then(
      (session) => session.fail(reason),
      () => {},
    );
    failReader(reason);
  };
  const fail = (reason: unknown): void => {
    end(reason);
    failWriter(reason);
  };
  const orFail = async <T>(work: (session: StreamSession) => Promise<T>): Promise<T> => {
    try {
      return await work(await opening);
    } catch (error) {
      fail(error);
      throw error;
    }
  };
  const readable = new ReadableStream<StreamResult>(
    {
      start: (controller) => {
        failReader = (reason) => controller.error(reason);
      },
      pull: async (controller) => {
        const result = await orFail((session) => session.next());
        if (result) controller.enqueue(result);
        else controller.close();
      },
      cancel: fail,
    },
    { highWaterMark: 0 },
  );
  const writable = new WritableStream<Float32Array>({
    start: (controller) => {
      failWriter = (reason) => controller.error(reason);
      // `abort` itself waits for the block that is being written, and that may wait for a reader who never comes.
      const { signal } = controller as typeof controller & { signal: AbortSignal }; // not in the types of Node 20
      signal.addEventListener('abort', () => end(signal.reason));
      return orFail((session) => session.open());
    },
    write: (block) => orFail((session) => session.push(block)),
    close: () => {
      // Not waited for: the last results may be read after the end.
      orFail((session) => session.end()).catch(() => {});
    },
  });
  return { readable, writable };
}
