import { describe } from '@jest/globals';
import { testCases } from './expect-case.js';
import { sliceCases } from './slice-cases.js';

describe('slices', () => testCases(sliceCases));
