import type { Metrics } from './metrics.js';
import type { Models } from './models.js';
import type { ServerSettings } from './options.js';
import type { WorkerPool } from './pool/pool.js';
import type { Uploads } from './uploads.js';

/** What the routes share. */
export interface ServerContext {
  /** Of serkit. */
  version: string;
  settings: ServerSettings;
  pool: WorkerPool;
  models: Models;
  metrics: Metrics;
  uploads: Uploads;
  /** `draining`: still answering, but readyz says no; `closing`: nothing new is taken. */
  phase: 'serving' | 'draining' | 'closing';
}
