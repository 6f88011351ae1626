import { parentPort } from 'node:worker_threads';
import type { Clip } from '../../datasets/corpus.js';
import { measureClip } from './measure-clip.js';

/** A worker thread: clips in, measurements out. */
parentPort!.on('message', async (clip: Clip) => parentPort!.postMessage(await measureClip(clip)));
