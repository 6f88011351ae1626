import { availableParallelism, cpus, totalmem } from 'node:os';

/** What was measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  platform: string;
}

export const thisMachine = (): Machine => ({
  cpu: cpus()[0]?.model ?? process.arch,
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
});
