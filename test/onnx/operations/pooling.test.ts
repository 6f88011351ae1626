import { describe } from '@jest/globals';
import { testCases } from './expect-case.js';
import { poolingCases } from './pooling-cases.js';

describe('pools', () => testCases(poolingCases));
