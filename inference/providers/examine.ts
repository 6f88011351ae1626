import { type Accelerator, type Reference, tried } from './choose.js';
import { probeOf, timeProbe } from './probe.js';

/** What one provider does on this machine. */
export interface ProviderReport {
  provider: string;
  works: boolean;
  /** Why it does not work, or is not taken by `auto`; empty otherwise. */
  reason: string;
  /** What brings it here, where it does not work; empty where nothing does. */
  mend: string;
  /** How long it took to answer the probe; absent where it does not work. */
  milliseconds?: number;
}

/** Tries every provider with one file, whatever `auto` would do: one at a time, each held against the reference. */
export async function examineProviders(
  reference: Reference,
  accelerators: readonly Accelerator[],
): Promise<ProviderReport[]> {
  const base = await reference.open();
  try {
    const probe = probeOf(base.inputShape);
    const expected = await timeProbe(base, probe);
    const reports: ProviderReport[] = [];
    for (const accelerator of accelerators) {
      const { provider } = accelerator;
      try {
        const missing = await accelerator.missing();
        if (missing !== undefined) throw new Error(missing);
        const { model, answer } = await tried(accelerator, probe, expected, reference.provider);
        await model.release();
        const software = await accelerator.software();
        const reason = software === undefined ? '' : `a software adapter, ${software}: correct and slow, never auto's`;
        reports.push({ provider, works: true, reason, mend: '', milliseconds: answer.milliseconds });
      } catch (error) {
        const reason = (error as Error).message;
        reports.push({ provider, works: false, reason, mend: accelerator.mend(reason) });
      }
    }
    const { milliseconds } = expected;
    return [{ provider: reference.provider, works: true, reason: '', mend: '', milliseconds }, ...reports];
  } finally {
    await base.release();
  }
}
