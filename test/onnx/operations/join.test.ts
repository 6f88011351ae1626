import { describe } from '@jest/globals';
import { testCases } from './expect-case.js';
import { joinCases } from './join-cases.js';

describe('joining, splitting, repeating', () => testCases(joinCases));
