/** What came with the package: its version, its schemas, the profiles in `calibration/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The same place from `src/cli` and from `dist/cli`. */
function packagePath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  return String(version);
}

export const schemaNames = ['scenario', 'result'] as const;
export type SchemaName = (typeof schemaNames)[number];

/** The JSON Schema as it is published. */
export function readSchema(name: SchemaName): string {
  return readFileSync(packagePath(`schema/${name}.schema.json`), 'utf8');
}

const PROFILE_ENDING = '.yml';

export function profileNames(): readonly string[] {
  return readdirSync(packagePath('calibration'))
    .filter((name) => name.endsWith(PROFILE_ENDING))
    .map((name) => name.slice(0, -PROFILE_ENDING.length));
}

export function profilePath(name: string): string {
  return packagePath(`calibration/${name}${PROFILE_ENDING}`);
}
