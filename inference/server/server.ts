import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.js';
import type { ServerContext } from './context.js';
import { Metrics } from './metrics.js';
import { Models } from './models.js';
import type { ServerSettings } from './options.js';
import { packageVersion } from './package-version.js';
import { WorkerPool } from './pool/pool.js';
import { Uploads } from './uploads.js';

/** A file is taken for whole when it has not changed for so long. */
const SETTLE_MS = 200;

/** A server with its workers: `listen`, and `close` in the end. */
export class Server {
  #watch: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    /** For routes of one's own, and for requests without a socket (`app.inject`). */
    readonly app: FastifyInstance,
    readonly context: ServerContext,
  ) {}

  /** @throws Error for a model that cannot be used: nothing is left running then */
  static async create(settings: ServerSettings): Promise<Server> {
    const pool = new WorkerPool(
      { ...settings, runTimeoutMs: settings.requestTimeoutSeconds * 1000 },
      {
        batch(size, milliseconds) {
          metrics.batchSize.observe(size);
          metrics.runDuration.observe(milliseconds / 1000);
        },
        workerDied(reason) {
          metrics.workerDeaths.inc();
          server?.app.log.error({ reason }, 'a worker thread ended; a new one takes its place');
        },
      },
    );
    const uploads = new Uploads(settings.maxBodyBytes, settings.maxBufferedBytes);
    const metrics = new Metrics({
      queueLength: () => pool.queueLength,
      workers: () => pool.threads.size,
      bufferedBytes: () => uploads.heldBytes,
    });
    const models = new Models(settings.models, pool, {
      loaded({ name, version }) {
        metrics.modelLoads.inc({ model: name, outcome: 'loaded' });
        server?.app.log.info({ model: name, version }, 'a model was loaded');
      },
      failed(name, error) {
        metrics.modelLoads.inc({ model: name, outcome: 'refused' });
        server?.app.log.error(
          { model: name, reason: error.message },
          'a model file cannot be used; what was loaded goes on',
        );
      },
    });
    const context: ServerContext = {
      version: await packageVersion(),
      settings,
      pool,
      models,
      metrics,
      uploads,
      streams: new Set(),
      phase: 'serving',
    };
    let server: Server | undefined;
    try {
      await pool.start();
      await models.loadAll();
      server = new Server(await buildApp(context), context);
      return server;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** @returns where it listens, `http://127.0.0.1:8080` */
  async listen(): Promise<string> {
    const { host, port, watchSeconds } = this.context.settings;
    const address = await this.app.listen({ host, port });
    if (watchSeconds > 0) {
      this.#watch = setInterval(() => void this.reload(), watchSeconds * 1000);
      this.#watch.unref();
    }
    return address;
  }

  /** Looks whether model files have changed. What cannot be used is logged, and changes nothing. */
  reload(): Promise<void> {
    return this.context.models.look(SETTLE_MS);
  }

  /**
   * Ends in order: `readyz` says no, then nothing new is taken, what was taken is answered, then connections, streams and
   * workers end; after `shutdownSeconds` they end in any case.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { context, app } = this;
    const { drainSeconds, shutdownSeconds } = context.settings;
    clearInterval(this.#watch);
    context.phase = 'draining';
    app.log.info('ending: what was taken is finished');
    if (drainSeconds > 0) await new Promise((resolve) => setTimeout(resolve, drainSeconds * 1000));
    context.phase = 'closing';
    for (const stream of context.streams) stream.goAway();
    const timer = setTimeout(() => {
      app.log.warn('what was under way took too long and is cut off');
      for (const { socket } of context.streams) socket.terminate();
      app.server.closeAllConnections();
    }, shutdownSeconds * 1000);
    // Connections that were busy when the server began to close become idle one by one, and would be kept alive.
    const idle = setInterval(() => app.server.closeIdleConnections(), 50);
    await app.close();
    clearInterval(idle);
    clearTimeout(timer);
    await context.pool.close();
    context.metrics.registry.clear();
  }
}
