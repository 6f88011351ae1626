import type { Graph, Tensor, Value } from '../graph.js';
import type { FrontEnd } from './front-end.js';
import { StageNodes } from './nodes.js';

/**
 * (batch, chunks, chunkSamples) → (batch, chunks, frames, windowSamples), mirrored at both ends by half a window:
 * c b |a b c| b a.
 *
 * A frame is made of whole rows of `hop` samples, row t and those behind it, and cut to the window. So what is copied
 * are rows, and for the file to know are frames · ⌈window / hop⌉ numbers of rows, not of samples.
 */
export function cutFrames(graph: Graph, chunks: Value, { window, hopSamples, chunkSamples }: FrontEnd): Value {
  const nodes = new StageNodes(graph, 'frames');
  const [batch, count] = chunks.shape as [string, number];
  const windowSamples = window.length;
  const before = Math.floor(windowSamples / 2);
  const frames = 1 + Math.floor(chunkSamples / hopSamples);
  const rowsOfFrame = Math.ceil(windowSamples / hopSamples);
  const rows = frames - 1 + rowsOfFrame;

  const mirrored = chunkSamples + windowSamples;
  let x = nodes.pad(chunks, before, windowSamples - before, mirrored, 'reflect');
  const wanted = rows * hopSamples;
  if (wanted > mirrored) x = nodes.pad(x, 0, wanted - mirrored, wanted);
  if (wanted < mirrored) x = nodes.slice(x, 2, 0, wanted, wanted);
  x = nodes.reshape(x, [count, rows, hopSamples]);
  x = nodes.add(
    'Gather',
    [x, nodes.constant('rows', rowsOf(frames, rowsOfFrame))],
    [batch, count, frames, rowsOfFrame, hopSamples],
    {
      axis: 2,
    },
  );
  x = nodes.reshape(x, [count, frames, rowsOfFrame * hopSamples]);
  return rowsOfFrame * hopSamples === windowSamples ? x : nodes.slice(x, 3, 0, windowSamples, windowSamples);
}

/** (frames, rowsOfFrame): t, t + 1, … */
function rowsOf(frames: number, rowsOfFrame: number): Tensor {
  const data = Int32Array.from(
    { length: frames * rowsOfFrame },
    (_, i) => Math.floor(i / rowsOfFrame) + (i % rowsOfFrame),
  );
  return { type: 'int32', shape: [frames, rowsOfFrame], data };
}
