import { describe } from '@jest/globals';
import { testCases } from './expect-case.js';
import { normalizationCases } from './normalization-cases.js';

describe('normalisation', () => testCases(normalizationCases));
