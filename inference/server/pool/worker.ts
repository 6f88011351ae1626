import { parentPort, workerData } from 'node:worker_threads';
import { HeldModel } from './held-model.js';
import { HeldStream } from './held-stream.js';
import type { Message, Reply, StreamEvent, WorkerSettings } from './messages.js';

/** A worker thread of the server: holds every model, and answers one message after the other. */
const settings = workerData as WorkerSettings;
const models = new Map<string, HeldModel>();
const streams = new Map<number, HeldStream>();

async function answer(message: Exclude<Message, { kind: 'close' }>): Promise<Omit<Reply, 'id'>> {
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
    case 'open': {
      const { stream, key, options } = message;
      const model = models.get(key);
      if (!model) throw new Error(`the model ${key} is not loaded`);
      const held = new HeldStream(model.recognizer.stream(options), (result) =>
        parentPort!.postMessage({ stream, result } satisfies StreamEvent),
      );
      streams.set(stream, held);
      return {};
    }
    case 'block': {
      await streams.get(message.stream)?.write(message.samples);
      return {};
    }
    case 'end': {
      const stream = streams.get(message.stream);
      streams.delete(message.stream);
      await (message.whole ? stream?.end() : stream?.cancel());
      return {};
    }
  }
}

async function reply(id: number, message: Exclude<Message, { kind: 'close' }>): Promise<void> {
  const said = await answer(message).catch((error: Error) => {
    const kind = error instanceof RangeError || error instanceof TypeError ? 'request' : 'internal';
    return { failure: { kind, message: error.message } };
  });
  parentPort!.postMessage({ id, ...said });
}

let last = Promise.resolve();
parentPort!.on('message', ({ id, ...rest }: Message & { id: number }) => {
  const message = rest as Message;
  if (message.kind === 'close') process.exit(); // of this thread; no run is under way while messages are heard
  // A stream's blocks have an order of their own, and do not wait for the work of others.
  if (message.kind === 'block' || message.kind === 'end') void reply(id, message);
  else last = last.then(() => reply(id, message));
});
