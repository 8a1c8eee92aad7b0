/** What the command line changes in a scenario before it is checked: `--set a.b[0]=v`, `--seed`, `--reps`. */
import { type Document, isAlias, isMap, isScalar, isSeq } from 'yaml';
import { type Problem, quote } from '../problems.ts';
import { type Nanos, parseTime } from '../units.ts';
import { type Path, renderPath } from '../yaml/finding.ts';
import { nowhere } from '../yaml/source.ts';
import { parseYaml } from '../yaml/text.ts';

/** As on the command line: all of them text. */
export interface Overrides {
  /** `path=value`, in order; the value is YAML. */
  readonly set?: readonly string[];
  readonly seed?: string;
  readonly reps?: string;
  /** Simulated time of the whole run. What the scenario holds for later does not happen. */
  readonly until?: string;
  /** Added to those of the scenario. */
  readonly thresholds?: readonly string[];
}

/** A path that was set, and the option that set it, to blame it for what is wrong there. */
export interface Origin {
  readonly path: Path;
  readonly option: string;
  /** Whether the path is one of the scenario, or only stands for the option. */
  readonly isPath: boolean;
}

/** Path of findings that `--until` is to blame for. */
export const UNTIL_PATH: Path = ['--until'];

export interface Applied {
  readonly until: Nanos | null;
  readonly origins: readonly Origin[];
  /** Texts that are no `path=value`, values that are no YAML, paths through something that has no parts. */
  readonly problems: readonly Problem[];
}

/** Sets what the overrides say in the document. */
export function applyOverrides(document: Document, overrides: Overrides): Applied {
  const origins: Origin[] = [];
  const problems: Problem[] = [];
  const attempt = (option: string, act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(nowhere(option, error.message));
    }
  };
  const put = (option: string, path: Path, value: unknown) => {
    setAt(document, path, value);
    origins.push({ path, option, isPath: true });
  };
  for (const text of overrides.set ?? []) {
    attempt('--set', () => {
      const { path, value } = parseSetting(text);
      put('--set', path, value);
    });
  }
  const { seed, reps } = overrides;
  // A seed is a text, whatever it looks like.
  if (seed !== undefined) attempt('--seed', () => put('--seed', ['seed'], seed));
  if (reps !== undefined) {
    attempt('--reps', () => put('--reps', ['measure', 'reps'], yamlValue(reps)));
  }
  const written = document.get('thresholds');
  const count = isSeq(written) ? written.items.length : 0;
  overrides.thresholds?.forEach((text, i) => {
    attempt('--threshold', () => put('--threshold', ['thresholds', count + i], text));
  });
  let until: Nanos | null = null;
  attempt('--until', () => {
    if (overrides.until !== undefined) until = parseTime(overrides.until);
    origins.push({ path: UNTIL_PATH, option: '--until', isPath: false });
  });
  return { until, origins, problems };
}

/** `a.b[0]["c.d"]=value`. @throws RangeError with a text for the user */
export function parseSetting(text: string): { readonly path: Path; readonly value: unknown } {
  const part = /\.?([^.[\]="]+)|\[(\d{1,6})\]|\.?\["((?:[^"\\]|\\.)*)"\]/y;
  const path: (string | number)[] = [];
  let end = 0;
  for (let match = part.exec(text); match !== null; match = part.exec(text)) {
    const [, word, index, quoted] = match;
    path.push(word ?? (index === undefined ? quoted.replace(/\\(.)/g, '$1') : Number(index)));
    end = part.lastIndex;
  }
  if (path.length === 0 || text[end] !== '=') {
    throw new RangeError(`${quote(text)} is no setting; expected one such as "load[0].rate=800/s"`);
  }
  return { path, value: yamlValue(text.slice(end + 1)) };
}

function yamlValue(text: string): unknown {
  const { document, faults } = parseYaml(text);
  if (faults.length === 0) return document.toJS();
  throw new RangeError(`${quote(text)} is no YAML value: ${faults[0].message}`);
}

/** Makes the lists and maps on the way where there are none, or an empty field. */
function setAt(document: Document, path: Path, value: unknown): void {
  for (let depth = 0; depth < path.length; depth++) {
    const above = path.slice(0, depth);
    const node = ownNode(document, above);
    if (node === undefined) break;
    if (isScalar(node) && node.value === null) {
      document.deleteIn(above);
      break;
    }
    checkParts(node, path[depth], above, path);
  }
  document.setIn(path, document.createNode(value));
}

/** An alias becomes a copy of its own, so that what else it stands for stays as it is. */
function ownNode(document: Document, path: Path): unknown {
  const node = document.getIn(path, true);
  if (!isAlias(node)) return node;
  const copy = document.createNode(node.toJS(document));
  document.setIn(path, copy);
  return copy;
}

function checkParts(node: unknown, part: string | number, above: Path, path: Path): void {
  const place = above.length === 0 ? 'at the top' : `at ${quote(renderPath(above))}`;
  const fits = typeof part === 'number' ? isSeq(node) : isMap(node);
  if (!fits) {
    const wanted = typeof part === 'number' ? 'list' : 'map';
    throw new RangeError(
      `${quote(renderPath(path))} cannot be set: there is no ${wanted} ${place}`,
    );
  }
  if (isSeq(node) && Number(part) > node.items.length) {
    const { length } = node.items;
    throw new RangeError(
      `${quote(renderPath(path))} cannot be set: the list ${place} has ${length} ${length === 1 ? 'entry' : 'entries'}, counted from 0`,
    );
  }
}
