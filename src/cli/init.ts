/** Writes the files of `meshsim init`: all of them, or none. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quote } from '../problems.ts';
import { UsageError } from './exit.ts';
import { readSchema } from './package.ts';
import { writing } from './places.ts';
import { starterReadme, starterScenario } from './starter.ts';

const SCENARIO = 'scenario.yml';
const SCHEMA = 'scenario.schema.json';

/**
 * @returns what to print: what was written, and what to do next
 * @throws UsageError if one of the files is there already
 */
export function init(dir: string): string {
  const files = {
    [SCENARIO]: starterScenario(`./${SCHEMA}`),
    [SCHEMA]: readSchema('scenario'),
    'README.md': starterReadme,
  };
  const names = Object.keys(files);
  const there = names.filter((name) => existsSync(join(dir, name)));
  if (there.length > 0) {
    const which = there.map((name) => quote(join(dir, name))).join(', ');
    throw new UsageError(`${which} is there already; choose a new directory`);
  }
  writing(dir, () => {
    mkdirSync(dir, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(dir, `.${name}.new`), text);
    }
    for (const name of names) renameSync(join(dir, `.${name}.new`), join(dir, name));
  });
  const written = names.map((name) => join(dir, name)).join('\n');
  return `${written}\nnext: meshsim run ${join(dir, SCENARIO)}\n`;
}
