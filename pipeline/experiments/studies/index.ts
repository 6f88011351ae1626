import { medium } from './medium.js';
import { paper } from './paper.js';
import { quick } from './quick.js';
import type { Study } from './study.js';

export type { Study } from './study.js';

/** Every study by its name: a new one is a file and a line here. */
export const studies = { quick, medium, paper } satisfies Record<string, Study>;

export type StudyName = keyof typeof studies;

export const studyNames = Object.keys(studies) as StudyName[];
