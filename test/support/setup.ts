import { expect } from '@jest/globals';
import { toBeAllClose } from './to-be-all-close.js';

expect.extend({ toBeAllClose });
