/** The profile that scenarios use by default, as it stands in `calibration/`. */
import { readFileSync } from 'node:fs';
import { loadProfile } from '../../src/calibration/load-profile.ts';

export const file = 'calibration/istio.yml';
export const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
export const profile = loadProfile({ file, text });
