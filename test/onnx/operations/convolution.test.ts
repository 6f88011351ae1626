import { describe } from '@jest/globals';
import { convolutionCases } from './convolution-cases.js';
import { testCases } from './expect-case.js';

describe('convolutions', () => testCases(convolutionCases));
