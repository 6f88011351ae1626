import { createServer, type ServerOptions } from '../../../inference/server/index.js';

/** What the tests ask of a server's process beside HTTP. */
export type Command = 'reload' | 'kill a worker' | 'memory' | 'close';

/**
 * A server as a process of its own: options as JSON in the first argument; its address, and the answers to commands, by
 * messages.
 */
const server = await createServer(JSON.parse(process.argv[2]) as ServerOptions);

async function answer(command: Command): Promise<unknown> {
  switch (command) {
    case 'reload':
      return server.reload();
    case 'kill a worker': {
      const [thread] = server.context.pool.threads;
      return thread.worker.postMessage(null); // which it cannot read: an error that nobody catches
    }
    case 'memory':
      global.gc?.();
      return process.memoryUsage();
    case 'close':
      return server.close();
  }
}

process.on('message', async ({ id, command }: { id: number; command: Command }) => {
  process.send!({ id, answer: await answer(command) });
});
process.on('disconnect', () => process.exit());
process.send!({ id: 0, answer: await server.listen() });
