import { describe } from '@jest/globals';
import { dynamicCases } from './dynamic-cases.js';
import { testCases } from './expect-case.js';

describe('sizes that only running tells', () => testCases(dynamicCases));
