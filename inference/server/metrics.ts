import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What `/metrics` shows of this server, beside what prom-client knows of every Node process (event loop lag among it). */
export class Metrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];

  readonly requests = new Counter({
    name: 'serkit_http_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['method', 'route', 'code'] as const,
    registers: this.#registers,
  });
  readonly duration = new Histogram({
    name: 'serkit_http_request_duration_seconds',
    help: 'From the headers to the end of the answer.',
    labelNames: ['route'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: this.#registers,
  });
  readonly batchSize = new Histogram({
    name: 'serkit_batch_size',
    help: 'Requests that shared one run of the model.',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers: this.#registers,
  });
  readonly runDuration = new Histogram({
    name: 'serkit_run_duration_seconds',
    help: 'Decoding, features and model of one run in a worker.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: this.#registers,
  });
  readonly audioSeconds = new Counter({
    name: 'serkit_audio_seconds_total',
    help: 'Seconds of sound that were answered.',
    labelNames: ['model'] as const,
    registers: this.#registers,
  });
  readonly workerDeaths = new Counter({
    name: 'serkit_worker_deaths_total',
    help: 'Worker threads that ended unasked, each then replaced, and starts of one that failed.',
    registers: this.#registers,
  });
  readonly modelLoads = new Counter({
    name: 'serkit_model_loads_total',
    help: 'Model files loaded or, where they could not be used, refused.',
    labelNames: ['model', 'outcome'] as const,
    registers: this.#registers,
  });
  readonly streams = new Gauge({
    name: 'serkit_streams',
    help: 'Streams that are open.',
    registers: this.#registers,
  });

  /** @param now asked at each look at the metrics */
  constructor(now: { queueLength(): number; workers(): number; bufferedBytes(): number }) {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers: this.#registers,
        collect() {
          this.set(value());
        },
      });
    gauge('serkit_queue_length', 'Requests that wait for a worker.', now.queueLength);
    gauge('serkit_workers', 'Worker threads that are ready or at work.', now.workers);
    gauge('serkit_upload_bytes', 'Of uploads that are held in memory.', now.bufferedBytes);
    collectDefaultMetrics({ register: this.registry });
  }
}
