import type { LoadedModel } from '../loaded-model.js';
import { type Diagnostic, diagnostic } from './diagnostic.js';
import { largestDifference, type Probe, probeOf, type TimedAnswer, timeProbe } from './probe.js';

/** A model that is open on one provider. */
export type OpenModel = Omit<LoadedModel, 'provider' | 'diagnostics'>;

/** A provider that a file may run on. */
export interface Candidate {
  readonly provider: string;
  /** Opens the file on it, every node of it. @throws Error with the reason alone, in one line */
  open(): Promise<OpenModel>;
}

/** The provider that always works, which the others are held against: `cpu` in Node, `wasm` in a browser. */
export interface Reference extends Candidate {
  /** Said behind the reason where it is chosen; such as how many threads it has, and why. */
  remark?(): string;
}

/** A provider that needs a device. */
export interface Accelerator extends Candidate {
  /** Why it cannot work here, as far as that is known without the file. */
  missing(): Promise<string | undefined>;
  /** The software adapter that it would run on, by name: correct and slow, so only taken where it is named. */
  software(): Promise<string | undefined>;
  /** What brings it to a machine where it does not work; empty where nothing does. */
  mend(reason: string): string;
}

/** Answers may differ by this much from the reference's: GPUs add in another order, and have their own exp and sin. */
export const PROVIDER_TOLERANCE = 1e-3;

/**
 * `auto` looks at no accelerator where the reference answers the probe within this time: sending a clip to a GPU and
 * waiting for its answer takes some milliseconds itself, and opening one takes a second.
 */
export const SOON_MILLISECONDS = 10;

/**
 * Opens a file on the provider that was asked for, or with `auto` on the fastest.
 *
 * Providers are tried one at a time: each opens the file, runs a probe and has to give the reference's answer within
 * `PROVIDER_TOLERANCE`. One that was named and fails is an error, never replaced. `auto` takes the reference where that
 * answers the probe within `SOON_MILLISECONDS`; else it times those accelerators that work, software adapters aside.
 *
 * @param name of the file, for messages
 * @throws Error where the named provider does not work, or the reference cannot open the file
 */
export async function chooseProvider(
  wanted: string,
  name: string,
  reference: Reference,
  accelerators: readonly Accelerator[],
): Promise<LoadedModel> {
  if (wanted === 'auto') return fastest(name, reference, accelerators);
  const accelerator = accelerators.find(({ provider }) => provider === wanted);
  if (accelerator) return named(name, reference, accelerator);
  return loaded(await openReference(name, reference), [
    diagnostic(reference.provider, 'chosen', withRemark('it was asked for', reference)),
  ]);
}

async function named(name: string, reference: Reference, accelerator: Accelerator): Promise<LoadedModel> {
  const { provider } = accelerator;
  const fail = (reason: string, cause?: unknown) => {
    const mend = accelerator.mend(reason);
    const advice = `${mend && ` (mend it with: ${mend})`}; provider ${reference.provider} works everywhere`;
    return new Error(`${name}: onnxruntime cannot load it on ${provider}: ${reason}${advice}`, { cause });
  };
  const missing = await accelerator.missing();
  if (missing !== undefined) throw fail(missing);
  const base = await openReference(name, reference);
  const { probe, expected } = await expectedAnswer(name, reference, base, Number.POSITIVE_INFINITY);
  try {
    const { model, answer } = await tried(accelerator, probe, expected, reference.provider);
    const software = await accelerator.software();
    const reason = `it was asked for${software ? `, on a software adapter: ${software}` : ''}`;
    return loaded(model, [diagnostic(provider, 'chosen', reason, answer.milliseconds)]);
  } catch (error) {
    throw fail((error as Error).message, error);
  } finally {
    await base.release();
  }
}

async function fastest(name: string, reference: Reference, accelerators: readonly Accelerator[]): Promise<LoadedModel> {
  const told: Diagnostic[] = [];
  const here: Accelerator[] = [];
  for (const accelerator of accelerators) {
    const missing = await accelerator.missing();
    if (missing === undefined) here.push(accelerator);
    else told.push(diagnostic(accelerator.provider, 'refused', missing));
  }
  const base = await openReference(name, reference);
  if (here.length === 0)
    return loaded(base, [
      ...told,
      diagnostic(reference.provider, 'chosen', withRemark('the one that works here', reference)),
    ]);

  const { probe, expected } = await expectedAnswer(name, reference, base, SOON_MILLISECONDS);
  let best: Timed = { candidate: reference, model: base, answer: expected };
  if (expected.milliseconds <= SOON_MILLISECONDS) {
    const soon = `${reference.provider} answers a clip in ${expected.milliseconds.toFixed(1)} ms, which a GPU hardly betters`;
    told.push(...here.map(({ provider }) => diagnostic(provider, 'not tried', soon)));
    const reason = withRemark('it answers soon enough', reference);
    return loaded(base, [...told, diagnostic(reference.provider, 'chosen', reason, expected.milliseconds)]);
  }

  for (const candidate of here) {
    try {
      const software = await candidate.software();
      if (software !== undefined) throw new Error(`a software adapter, ${software}: correct and slow`);
      const rival: Timed = { candidate, ...(await tried(candidate, probe, expected, reference.provider)) };
      const loser = rival.answer.milliseconds < best.answer.milliseconds ? best : rival;
      if (loser === best) best = rival;
      const { milliseconds } = loser.answer;
      const reason = `it works, and ${best.candidate.provider} answers a clip in ${best.answer.milliseconds.toFixed(1)} ms`;
      told.push(diagnostic(loser.candidate.provider, 'refused', reason, milliseconds));
      await loser.model.release();
    } catch (error) {
      told.push(diagnostic(candidate.provider, 'refused', (error as Error).message));
    }
  }
  const reason = best.candidate === reference ? withRemark('the fastest here', reference) : 'the fastest here';
  return loaded(best.model, [...told, diagnostic(best.candidate.provider, 'chosen', reason, best.answer.milliseconds)]);
}

interface Timed {
  candidate: Candidate;
  model: OpenModel;
  answer: TimedAnswer;
}

/** Opens the file on a provider and holds its answer against the reference's. @throws Error with the reason */
async function tried(
  candidate: Candidate,
  probe: Probe,
  expected: TimedAnswer,
  reference: string,
): Promise<{ model: OpenModel; answer: TimedAnswer }> {
  const model = await candidate.open();
  try {
    const answer = await timeProbe(model, probe);
    const difference = largestDifference(expected.outputs, answer.outputs);
    if (!(difference <= PROVIDER_TOLERANCE))
      throw new Error(
        `it gives another answer than ${reference}: ${difference.toPrecision(2)} off (allowed: ${PROVIDER_TOLERANCE})`,
      );
    return { model, answer };
  } catch (error) {
    await model.release();
    throw error;
  }
}

async function openReference(name: string, reference: Reference): Promise<OpenModel> {
  try {
    return await reference.open();
  } catch (error) {
    if (error instanceof RangeError) throw error; // about the file, not about the provider
    const reason = (error as Error).message;
    throw new Error(`${name}: onnxruntime cannot load it on ${reference.provider}: ${reason}`, { cause: error });
  }
}

/** What the others have to answer; the reference is released where it cannot answer itself. */
async function expectedAnswer(
  name: string,
  { provider }: Reference,
  base: OpenModel,
  soonMilliseconds: number,
): Promise<{ probe: Probe; expected: TimedAnswer }> {
  try {
    const probe = probeOf(base.inputShape);
    return { probe, expected: await timeProbe(base, probe, soonMilliseconds) };
  } catch (error) {
    await base.release();
    throw new Error(`${name}: onnxruntime cannot run it on ${provider}: ${(error as Error).message}`, { cause: error });
  }
}

function withRemark(reason: string, { remark }: Reference): string {
  const text = remark?.();
  return text ? `${reason}; ${text}` : reason;
}

/** The last diagnostic is the one that was chosen. */
const loaded = (model: OpenModel, diagnostics: readonly Diagnostic[]): LoadedModel => ({
  ...model,
  provider: diagnostics[diagnostics.length - 1].provider,
  diagnostics,
});
