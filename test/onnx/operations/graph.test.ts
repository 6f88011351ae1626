import { describe } from '@jest/globals';
import { testCases } from './expect-case.js';
import { graphCases } from './graph-cases.js';

describe('operations of the graph itself', () => testCases(graphCases));
