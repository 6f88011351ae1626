import { describe } from '@jest/globals';
import { testCases } from './expect-case.js';
import { gatherCases } from './gather-cases.js';

describe('gathering and scattering', () => testCases(gatherCases));
