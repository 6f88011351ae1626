import type { Provider } from '../../providers/node.js';

/** What a worker thread is asked to do; each message is answered by one reply with its id. */
export type Message =
  | { kind: 'load'; key: string; name: string; bytes: Uint8Array }
  | { kind: 'release'; key: string }
  | { kind: 'run'; key: string; jobs: readonly Job[] }
  | { kind: 'open'; stream: number; key: string; options: StreamRequest }
  | { kind: 'block'; stream: number; samples: Float32Array }
  /** `whole`: the results of what was written are still wanted. */
  | { kind: 'end'; stream: number; whole: boolean }
  /** Ends the thread; there is no reply. */
  | { kind: 'close' };

/** What a client says of the stream that it is about to send. */
export interface StreamRequest {
  sampleRateHz: number;
  windowSeconds?: number;
  hopSeconds?: number;
}

/** What a thread says of a stream, unasked: a result as it comes. */
export interface StreamEvent {
  stream: number;
  result: unknown;
}

/** One request's work. Jobs of one message are of one kind. */
export type Job =
  | { kind: 'classify'; audio: Uint8Array }
  | { kind: 'timeline'; audio: Uint8Array; windowSeconds?: number; hopSeconds?: number }
  | { kind: 'infer'; values: Float32Array; shape: readonly number[] };

/** Why a job has no answer: the sound cannot be used, is too long, the request asks for what cannot be, or we failed. */
export type FailureKind = 'audio' | 'too-long' | 'request' | 'internal';

export interface Failure {
  kind: FailureKind;
  message: string;
}

/** The answer to one job. What it holds is the job's kind's. */
export type Answer = { value: unknown; failure?: undefined } | { failure: Failure };

/** A tensor that a model takes or gives; −1 is an open size. */
export interface Port {
  name: string;
  shape: number[];
}

export interface Ports {
  inputs: Port[];
  outputs: Port[];
}

/** `ports` of a model that was loaded; `answers` of a run, in the order of its jobs; `failure` where the message as a whole came to nothing. */
export interface Reply {
  id: number;
  ports?: Ports;
  answers?: Answer[];
  failure?: Failure;
}

export interface WorkerSettings {
  provider: Provider;
  maxAudioSeconds: number;
}
