import { AudioTooLong, decodeAudio, mixToMono } from '../../../pipeline/audio/index.js';
import { type Classification, Recognizer } from '../../classifier.js';
import type { LoadedModel } from '../../loaded-model.js';
import { readModelMetadata } from '../../model-file.js';
import { openNode } from '../../providers/node.js';
import type { Answer, Failure, FailureKind, Job, WorkerSettings } from './messages.js';

/** Of the sound in a request, as its file has it. */
export interface AudioFacts {
  format: string;
  sampleRateHz: number;
  channels: number;
  seconds: number;
}

interface Clip {
  samples: Float32Array; // mono
  sampleRateHz: number;
  audio: AudioFacts;
}

/** One thread's session of a model file, and what it does with jobs. */
export class HeldModel {
  private constructor(
    readonly recognizer: Recognizer,
    readonly model: LoadedModel,
    readonly settings: WorkerSettings,
  ) {}

  /**
   * Opens the file and has it answer once: what cannot do that is not served.
   *
   * @throws as `load` does
   */
  static async open(bytes: Uint8Array, name: string, settings: WorkerSettings): Promise<HeldModel> {
    const metadata = readModelMetadata(bytes, name);
    const { provider } = settings;
    // One thread a session: the cores are shared out among the workers.
    const model = await openNode(bytes, name, { provider, threads: 1, attention: metadata.attention?.output });
    try {
      const held = new HeldModel(new Recognizer(model, metadata, name), model, settings);
      const { sampleRateHz, featureSpec } = metadata;
      const probe = new Float32Array(Math.ceil(featureSpec.chunkSeconds * sampleRateHz));
      await held.recognizer.classify(probe, { sampleRateHz });
      return held;
    } catch (error) {
      await model.release();
      throw error;
    }
  }

  /** Jobs of one kind; each has an answer of its own, whatever becomes of the others. */
  async answer(jobs: readonly Job[]): Promise<Answer[]> {
    const clips = await Promise.all(jobs.map((job) => settled(() => this.#prepare(job))));
    const answers: Answer[] = [];
    for (const [i, clip] of clips.entries())
      answers.push('failure' in clip ? clip : await settled(() => this.#run(jobs[i], clip.value)));
    return answers;
  }

  release(): Promise<void> {
    return this.recognizer.dispose();
  }

  async #prepare(job: Job): Promise<Clip | undefined> {
    if (job.kind === 'infer') return undefined;
    const { maxAudioSeconds: maxSeconds } = this.settings;
    const { channels, sampleRateHz, format } = await failingAs('audio', () =>
      decodeAudio(job.audio, 'the recording', { maxSeconds }),
    );
    const facts = { format, sampleRateHz, channels: channels.length, seconds: channels[0].length / sampleRateHz };
    return { samples: mixToMono(channels), sampleRateHz, audio: facts };
  }

  async #run(job: Job, clip: Clip | undefined): Promise<unknown> {
    switch (job.kind) {
      case 'classify': {
        const { samples, sampleRateHz, audio } = clip!;
        const classification: Classification = await this.recognizer.classify(samples, { sampleRateHz });
        return { ...classification, audio };
      }
      case 'timeline':
        throw new JobFailure('request', 'timelines are not there');
      case 'infer':
        return this.model.run(job.values, job.shape);
    }
  }
}

class JobFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
  ) {
    super(message);
  }
}

/** What the caller's input is to blame for; everything else is our own fault. */
async function failingAs<T>(kind: FailureKind, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isInputs = error instanceof SyntaxError || error instanceof RangeError;
    if (!isInputs) throw error;
    throw new JobFailure(error instanceof AudioTooLong ? 'too-long' : kind, error.message);
  }
}

async function settled<T>(work: () => Promise<T>): Promise<{ value: T } | { failure: Failure }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof JobFailure) return { failure: { kind: error.kind, message: error.message } };
    return { failure: { kind: 'internal', message: error instanceof Error ? error.message : String(error) } };
  }
}
