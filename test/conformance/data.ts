/** Real data for conformance tests: the folder that MESHSIM_DATA names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';

const folder = process.env.MESHSIM_DATA;

/** Tests that read data; without the folder they are skipped, and the title says why. */
export function describeWithData(
  title: string,
  tests: (read: (path: string) => string) => void,
): void {
  if (folder === undefined) {
    test.skip(`${title} (skipped: MESHSIM_DATA names no folder of data)`, () => {});
    return;
  }
  describe(title, () => tests((path) => readFileSync(join(folder, path), 'utf8')));
}
