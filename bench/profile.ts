import * as tf from '@tensorflow/tfjs-core';
import { table } from '../pipeline/cli/table.js';
import type { BackendName } from '../pipeline/training/backends/backend.js';
import { openOurs } from './ours.js';

/** What one operation took in one step, without the operations that it called. */
interface OperationTime {
  operation: string;
  calls: number;
  milliseconds: number;
}

/** Adds up the time of operations by name; an operation inside another is taken off the outer one's. */
class Stopwatch {
  readonly times = new Map<string, { calls: number; milliseconds: number }>();
  running = false;
  #inner = 0;

  measure<Result>(operation: string, work: () => Result): Result {
    if (!this.running) return work();
    const innerBefore = this.#inner;
    this.#inner = 0;
    const started = performance.now();
    try {
      return work();
    } finally {
      const total = performance.now() - started;
      const time = this.times.get(operation) ?? { calls: 0, milliseconds: 0 };
      time.calls++;
      time.milliseconds += total - this.#inner;
      this.times.set(operation, time);
      this.#inner = innerBefore + total;
    }
  }
}

/** What tfjs-node's backend calls TensorFlow with. */
interface NativeBackend {
  binding: { executeOp(name: string, ...rest: unknown[]): unknown };
}

/** Puts the stopwatch around every operation of the backend: TensorFlow's own ops, or tfjs' kernels elsewhere. */
function watchOperations(backend: BackendName, watch: Stopwatch): void {
  if (backend === 'tensorflow') {
    const native = tf.backend() as unknown as NativeBackend;
    const { binding } = native;
    const executeOp = (name: string, ...rest: unknown[]) => watch.measure(name, () => binding.executeOp(name, ...rest));
    native.binding = Object.create(binding, { executeOp: { value: executeOp } });
    return;
  }
  for (const kernel of tf.getKernelsForBackend(backend)) {
    tf.unregisterKernel(kernel.kernelName, backend);
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => watch.measure(kernel.kernelName, () => kernel.kernelFunc(call)),
    });
  }
}

/** Profiles `steps` steps of ours; the times are of one step, their mean. */
export async function profileStep(backend: BackendName, model: string, batch: number, steps: number) {
  const trainer = await openOurs(backend, model, batch);
  const watch = new Stopwatch();
  watchOperations(backend, watch);
  await trainer.run(1);
  const { milliseconds } = await trainer.run(steps, (step) => {
    watch.running = step >= 1 && step <= steps;
  });
  const operations: OperationTime[] = Array.from(watch.times, ([operation, time]) => ({
    operation,
    calls: time.calls / steps,
    milliseconds: time.milliseconds / steps,
  })).sort((a, b) => b.milliseconds - a.milliseconds);
  const { device } = trainer;
  return {
    backend,
    device,
    model,
    batch,
    stepMilliseconds: milliseconds.reduce((a, b) => a + b, 0) / steps,
    operations,
  };
}

export type Profile = Awaited<ReturnType<typeof profileStep>>;

/** Operations by time, then what was spent outside of them: JavaScript, and waiting. */
export function profileText({ backend, device, model, batch, stepMilliseconds, operations }: Profile): string {
  const inside = operations.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const share = (milliseconds: number) => `${((100 * milliseconds) / stepMilliseconds).toFixed(1)} %`;
  const rows = operations.map(({ operation, calls, milliseconds }) => [
    operation,
    Number(calls.toFixed(1)),
    milliseconds.toFixed(1),
    share(milliseconds),
  ]);
  const rest = stepMilliseconds - inside;
  return [
    `one step of ${model} on ${backend} (${device}), ${batch} examples: ${stepMilliseconds.toFixed(0)} ms`,
    ...(device.startsWith('CPU')
      ? []
      : ['A GPU works on by itself: these are the times to hand it the work, and waiting is outside.']),
    '',
    table([
      ['operation', 'calls', 'ms', 'share'],
      ...rows,
      ['outside of operations', '–', rest.toFixed(1), share(rest)],
    ]),
  ].join('\n');
}
