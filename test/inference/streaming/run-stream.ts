import type { Recognizer, StreamOptions, StreamResult } from '../../../inference/node.js';

/** Everything that a stream says of samples written in blocks of these lengths; the last block is what is left. */
export async function runStream(
  recognizer: Recognizer,
  samples: Float32Array,
  options: StreamOptions,
  lengths: readonly number[] = [],
): Promise<StreamResult[]> {
  const { readable, writable } = recognizer.stream(options);
  const writer = writable.getWriter();
  const write = async () => {
    let start = 0;
    for (const length of [...lengths, samples.length]) {
      await writer.write(samples.subarray(start, start + length));
      start = Math.min(samples.length, start + length);
    }
    await writer.close();
  };
  const [results] = await Promise.all([readAll(readable), write()]);
  return results;
}

export async function readAll<T>(readable: ReadableStream<T>): Promise<T[]> {
  const results: T[] = [];
  for await (const result of readable as unknown as AsyncIterable<T>) results.push(result);
  return results;
}
