import { AudioTooLong, decodeAudio, mixToMono } from '../../../pipeline/audio/index.js';
import { Recognizer } from '../../classifier.js';
import type { LoadedModel } from '../../loaded-model.js';
import { readModelMetadata } from '../../model-file.js';
import { openNode } from '../../providers/node.js';
import type { Answer, Failure, FailureKind, Job, Port, Ports, WorkerSettings } from './messages.js';

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

  /** As the Open Inference Protocol shows them. */
  get ports(): Ports {
    const { names, inputShape, outputShape, attentionShape } = this.model;
    const port = (name: string, shape: readonly (number | string)[]): Port => ({
      name,
      shape: shape.map((size) => (typeof size === 'number' && size >= 0 ? size : -1)),
    });
    return {
      inputs: [port(names!.input, inputShape)],
      outputs: [
        port(names!.output, outputShape),
        ...(names!.attention && attentionShape ? [port(names!.attention, attentionShape)] : []),
      ],
    };
  }

  /** Jobs of one kind; each has an answer of its own, whatever becomes of the others. */
  async answer(jobs: readonly Job[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    const clips: { place: number; clip: Clip }[] = [];
    for (const [place, job] of jobs.entries()) {
      if (job.kind === 'infer') answers[place] = await settled(() => this.model.run(job.values, job.shape));
      else {
        const decoded = await settled(() => this.#decode(job.audio));
        if ('failure' in decoded) answers[place] = decoded;
        else clips.push({ place, clip: decoded.value });
      }
    }
    const given = await this.#classifyAll(clips.map(({ clip }) => clip));
    for (const [i, { place }] of clips.entries()) answers[place] = given[i];
    return answers;
  }

  release(): Promise<void> {
    return this.recognizer.dispose();
  }

  async #decode(bytes: Uint8Array): Promise<Clip> {
    const { maxAudioSeconds: maxSeconds } = this.settings;
    const { channels, sampleRateHz, format } = await failingAs('audio', () =>
      decodeAudio(bytes, 'the recording', { maxSeconds }),
    );
    const audio = { format, sampleRateHz, channels: channels.length, seconds: channels[0].length / sampleRateHz };
    return { samples: mixToMono(channels), sampleRateHz, audio };
  }

  /** One run for all; where that fails, one for each, so that none has to suffer for another. */
  async #classifyAll(clips: readonly Clip[]): Promise<Answer[]> {
    try {
      const answers = await this.recognizer.classifyBatch(clips);
      return answers.map((answer, i) => ({ value: { ...answer, audio: clips[i].audio } }));
    } catch (error) {
      if (clips.length === 1) return [await settled(() => Promise.reject(error))];
      return (await Promise.all(clips.map((clip) => this.#classifyAll([clip])))).flat();
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
