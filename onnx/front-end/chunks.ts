import type { Graph, Value } from '../graph.js';
import type { FrontEnd } from './front-end.js';
import { StageNodes } from './nodes.js';

/**
 * (batch, samples) → (batch, chunks, chunkSamples)
 *
 * Chunk c of M samples begins at max(0, min(s_c, L − M + d_c)), d_c = s_c − s_0, in a clip of L samples. Slice cuts its
 * bounds off at what is there, so no size has to be asked for: with d_c zeros behind the clip, the first s_c + M samples
 * and of these the last M begin just there. A clip that is shorter than that gets its zeros at the end.
 */
export function cutChunks(graph: Graph, samples: Value, { chunkSamples, chunkStarts }: FrontEnd): Value {
  const [batch] = samples.shape;
  const [first] = chunkStarts;
  const clip = new StageNodes(graph, 'clip');
  const heard = clip.slice(samples, 1, 0, chunkStarts.at(-1)! + chunkSamples, clip.unknownSize('samples'));
  const chunks = chunkStarts.map((start, i) => {
    const nodes = new StageNodes(graph, `chunk${i + 1}`);
    const later = start - first;
    let x = heard;
    if (later > 0) x = nodes.pad(x, 0, later, nodes.unknownSize('padded'));
    if (chunkStarts.length > 1) x = nodes.slice(x, 1, 0, start + chunkSamples, nodes.unknownSize('until'));
    if (start > 0) x = nodes.slice(x, 1, -chunkSamples, start + chunkSamples, nodes.unknownSize('last'));
    x = nodes.pad(x, 0, chunkSamples, nodes.unknownSize('filled'));
    return nodes.slice(x, 1, 0, chunkSamples, chunkSamples);
  });
  const together = new StageNodes(graph, 'chunks');
  const joined =
    chunks.length === 1
      ? chunks[0]
      : together.add('Concat', chunks, [batch, chunks.length * chunkSamples], { axis: 1 });
  return together.reshape(joined, [chunks.length, chunkSamples]);
}
