import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { providers } from '../providers/node.js';

const count = (fallback: number) => z.int().min(1).default(fallback);
const seconds = (fallback: number) => z.number().min(0).max(86_400).default(fallback);

/** What a server may be told, with the defaults; the command line and `docs/server.md` have theirs from here. */
export const serverOptionsSchema = z.strictObject({
  models: z.array(z.string().min(1)).min(1).describe('.onnx files from `serkit export`, or folders of them'),
  host: z.string().default('127.0.0.1').describe('address to listen on; 0.0.0.0 is every one'),
  port: z.int().min(0).max(65_535).default(8080).describe('0: any free one'),
  provider: z.enum(providers).default('cpu').describe('what runs the models'),
  workers: count(availableParallelism()).describe('threads that decode and run; default: one a core'),
  apiKeys: z.array(z.string().min(8)).default([]).describe('keys that are let in; none: everybody is'),
  corsOrigins: z.array(z.string()).default([]).describe('origins whose pages may ask'),
  maxBatch: count(8).describe('waiting requests that are put into one run of the model'),
  batchWaitMs: z.number().min(0).max(1000).default(0).describe('how long an idle worker waits for more of them'),
  maxQueue: count(256).describe('requests that wait; more are answered 503'),
  maxBodyBytes: count(20 * 2 ** 20).describe('of one request; more is answered 413'),
  maxBufferedBytes: count(256 * 2 ** 20).describe('of all uploads under way; more are answered 503'),
  maxAudioSeconds: z.number().positive().default(120).describe('of one recording; more is answered 422'),
  maxConnections: count(1024).describe('sockets; more are closed at once'),
  maxStreams: count(64).describe('streams at a time; more are answered 503'),
  streamIdleSeconds: seconds(60).describe('a stream that says nothing for so long is closed'),
  headersTimeoutSeconds: seconds(10).describe('until the headers of a request are there (408)'),
  bodyTimeoutSeconds: seconds(30).describe('until all of a request is there (408)'),
  requestTimeoutSeconds: seconds(30).describe('until the answer is there (504); its worker is replaced'),
  drainSeconds: seconds(0).describe('between readyz saying 503 and the closing of the port'),
  shutdownSeconds: seconds(30).describe('for what is under way when the server is told to end'),
  watchSeconds: seconds(2).describe('how often the model files are looked at for changes; 0: only on SIGHUP'),
  logLevel: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('of the log on stderr'),
});

export type ServerOptions = z.input<typeof serverOptionsSchema>;
export type ServerSettings = z.output<typeof serverOptionsSchema>;

/** @throws RangeError that names the option */
export function settled(options: ServerOptions): ServerSettings {
  const parsed = serverOptionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'options'}: ${message}`);
  throw new RangeError(`the server's ${issues.join('; ')}`);
}
