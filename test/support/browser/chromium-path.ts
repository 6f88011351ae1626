import { existsSync } from 'node:fs';

/** Chromium's program; SERKIT_CHROMIUM names another. */
export const chromiumPath = process.env.SERKIT_CHROMIUM ?? '/usr/bin/chromium';
export const chromiumIsHere = (): boolean => existsSync(chromiumPath);
