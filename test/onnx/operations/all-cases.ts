import { graphCases } from './graph-cases.js';
import type { OpCase } from './op-case.js';

/** Every case of every operation. */
export const opCases: readonly OpCase[] = [...graphCases];
