/** Real data for conformance tests: the folder that MESHSIM_DATA names; without it they are skipped, and say why. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.MESHSIM_DATA;

/** Why tests that need the data are skipped; empty if they are not. */
export const missingData = folder === undefined ? 'MESHSIM_DATA names no folder of data' : '';

/** @param path - below the folder */
export function dataFile(path: string): string {
  return readFileSync(join(folder ?? '', path), 'utf8');
}
