import type { Preset } from '../config.js';

/** The report's shape from 16 kHz audio; the default. */
export const paper16k: Preset = { features: 'paper-16k' };
