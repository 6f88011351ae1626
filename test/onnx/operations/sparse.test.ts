import { describe } from '@jest/globals';
import { testCases } from './expect-case.js';
import { sparseCases } from './sparse-cases.js';

describe('operations on sparse matrices', () => testCases(sparseCases));
