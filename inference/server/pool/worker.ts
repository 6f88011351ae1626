import { parentPort, workerData } from 'node:worker_threads';
import { HeldModel } from './held-model.js';
import type { Message, Reply, WorkerSettings } from './messages.js';

/** A worker thread of the server: holds every model, and answers one message after the other. */
const settings = workerData as WorkerSettings;
const models = new Map<string, HeldModel>();

async function answer(message: Message): Promise<Omit<Reply, 'id'>> {
  switch (message.kind) {
    case 'load': {
      const model = await HeldModel.open(message.bytes, message.name, settings);
      models.set(message.key, model);
      return { ports: model.ports };
    }
    case 'release': {
      await models.get(message.key)?.release();
      models.delete(message.key);
      return {};
    }
    case 'run': {
      const model = models.get(message.key);
      if (!model) throw new Error(`the model ${message.key} is not loaded`);
      return { answers: await model.answer(message.jobs) };
    }
  }
}

let last = Promise.resolve();
parentPort!.on('message', ({ id, ...message }: Message & { id: number }) => {
  last = last.then(async () => {
    const reply = await answer(message as Message).catch((error: Error) => ({
      failure: { kind: 'internal' as const, message: error.message },
    }));
    parentPort!.postMessage({ id, ...reply });
  });
});
