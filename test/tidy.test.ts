/**
 * The house rules that a machine can check: who may import whom, and what is banned where. Both are tables; a finding
 * prints as `path:line: what, because why`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What a folder (or file) of src may import from others; `types` only with `import type`. */
const imports: Record<string, { may: string[]; types?: string[]; because: string }> = {
  units: { may: [], because: 'everyone uses it' },
  problems: { may: [], because: 'everyone uses it' },
  yaml: {
    may: ['units', 'problems'],
    because: 'it reads texts and places problems in them, whatever the texts are about',
  },
  engine: { may: [], because: 'the engine runs queueing networks and has never heard of Istio' },
  topology: { may: ['units', 'problems'], because: 'a topology is data' },
  mesh: { may: ['units', 'problems', 'topology'], because: 'a mode is data' },
  calibration: {
    may: ['units', 'problems', 'yaml', 'topology', 'mesh'],
    because: 'a profile is data; who runs it is not its business',
  },
  scope: {
    may: ['units', 'problems', 'topology'],
    because: 'a config mode is a reducer over data',
  },
  controlplane: {
    may: ['engine', 'topology', 'scope', 'units'],
    types: ['calibration', 'measure'],
    because:
      'the control plane is a state machine on the engine’s calendar, with its costs handed in',
  },
  scenario: {
    may: [
      'units',
      'problems',
      'yaml',
      'topology',
      'mesh',
      'scope',
      'calibration/profile',
      'engine/distributions',
      'controlplane/releases',
      'measure/metrics',
    ],
    types: ['controlplane'],
    because: 'the language knows names, not what they do',
  },
  import: {
    may: ['scenario', 'topology', 'units', 'problems', 'yaml'],
    types: ['mesh'],
    because: 'an importer turns foreign texts into the language, and runs nothing',
  },
  model: {
    may: ['engine', 'topology', 'mesh', 'scope', 'calibration', 'units', 'scenario'],
    types: ['controlplane', 'measure'],
    because: 'the model lowers data to a network; it neither runs nor measures it',
  },
  measure: {
    may: ['engine', 'units'],
    because: 'measures watch the engine and know nothing of what is simulated',
  },
  run: {
    may: [
      'engine',
      'controlplane',
      'model',
      'measure',
      'scenario',
      'units',
      'calibration/proxy-memory',
    ],
    types: ['calibration'],
    because: 'the spine ties the stages together and does nothing else',
  },
  report: {
    may: [
      'measure/result',
      'measure/points',
      'measure/metrics',
      'measure/life',
      'measure/hdr',
      'measure/serialise',
      'units',
    ],
    because: 'a report is a pure function of a result',
  },
  sweep: {
    may: ['run', 'scenario', 'engine/random', 'measure', 'units', 'problems', 'yaml'],
    types: ['calibration'],
    because: 'a point is a run of a scenario; its executor never asks what is in it',
  },
  cli: {
    may: [
      'units',
      'problems',
      'yaml',
      'topology',
      'calibration',
      'scenario',
      'import',
      'model',
      'measure',
      'run',
      'report',
      'sweep',
    ],
    types: ['engine'],
    because: 'the command line is where all meets',
  },
};

/** Banned in src, outside of cli/ and *.adapter.ts. */
const bans: { pattern: RegExp; use: string }[] = [
  { pattern: /\bMath\.random\b/, use: 'an addressed draw (engine/random.ts)' },
  { pattern: /\bDate\.now\b|\bnew Date\b/, use: 'a time that is handed in' },
  { pattern: /\bperformance\.now\b/, use: 'a time that is handed in' },
  { pattern: /\bprocess\./, use: 'an argument; only cli/ sees the process' },
  { pattern: /from 'node:/, use: 'an argument; only cli/ and adapters touch the world' },
  { pattern: /\bconsole\./, use: 'a result; only cli/ prints' },
];

/** Banned everywhere in src. */
const bansEverywhere: { pattern: RegExp; use: string }[] = [
  { pattern: /:\s*any\b|\bas any\b|<any>/, use: 'a type, or unknown' },
  { pattern: /^\s*(export )?(const )?enum\b/, use: 'a union, or a table with satisfies' },
  { pattern: /\/\/ ?(TODO|FIXME|XXX)\b/, use: 'an issue, or the work itself' },
  { pattern: /@ts-(ignore|nocheck)/, use: 'a type that is true' },
];

const LINES_MAX = 400;

interface Source {
  readonly path: string;
  /** Folder under src, or the name of a file directly there. */
  readonly stage: string;
  readonly lines: readonly string[];
}

function sources(): Source[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'),
    )
    .map((entry) => {
      const path = relative(join(root, 'src'), join(entry.parentPath, entry.name));
      const [first] = path.split('/');
      const text = readFileSync(join(root, 'src', path), 'utf8');
      return { path, stage: first.replace(/\.ts$/, ''), lines: text.split('\n') };
    });
}

/** Where an import of a file leads: its path under src without `.ts`, or null for a package. */
function target(path: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const from = join('/', path, '..');
  return relative('/', join(from, specifier)).replace(/\.ts$/, '');
}

/** `import … from '…'` statements, which may span lines, with the line that they end on. */
function importsOf({ lines }: Source): { line: number; isType: boolean; specifier: string }[] {
  const found: { line: number; isType: boolean; specifier: string }[] = [];
  let start = '';
  lines.forEach((line, i) => {
    if (/^(import|export)\b/.test(line)) start = line;
    const specifier = /(?:from|^import) '([^']+)'/.exec(line)?.[1];
    if (specifier === undefined || start === '') return;
    found.push({ line: i + 1, isType: /^(import|export) type\b/.test(start), specifier });
    start = '';
  });
  return found;
}

function forbiddenImports(source: Source): string[] {
  const rule = imports[source.stage];
  if (rule === undefined) return [`src/${source.path}:1: ${source.stage} is in no import table`];
  return importsOf(source).flatMap(({ line, isType, specifier }) => {
    const to = target(source.path, specifier);
    if (to === null) return [];
    const [stage] = to.split('/');
    if (stage === source.stage) return [];
    const allowed = [...rule.may, ...(isType ? (rule.types ?? []) : [])];
    if (allowed.some((name) => to === name || to.startsWith(`${name}/`))) return [];
    return [
      `src/${source.path}:${line}: ${source.stage} may not import ${to}, because ${rule.because}`,
    ];
  });
}

function banned({ path, stage, lines }: Source): string[] {
  const touchesWorld =
    stage === 'cli' || path.endsWith('.adapter.ts') || path === 'sweep/worker.ts';
  const rules = touchesWorld ? bansEverywhere : [...bans, ...bansEverywhere];
  return lines.flatMap((line, i) => {
    if (/^\s*(\*|\/\/|\/\*)/.test(line) && !/TODO|FIXME|XXX/.test(line)) return [];
    return rules
      .filter(({ pattern }) => pattern.test(line))
      .map(({ pattern, use }) => `src/${path}:${i + 1}: ${pattern.source} is banned, use ${use}`);
  });
}

describe('tidy', () => {
  const all = sources();

  it('finds the sources', () => {
    expect(all.length).toBeGreaterThan(50);
  });

  it('imports only what the import table allows', () => {
    expect(all.flatMap(forbiddenImports)).toEqual([]);
  });

  it('contains nothing banned', () => {
    expect(all.flatMap(banned)).toEqual([]);
  });

  it(`has no file above ${LINES_MAX} lines`, () => {
    const long = all.filter(({ lines }) => lines.length > LINES_MAX);
    expect(long.map(({ path, lines }) => `src/${path}: ${lines.length} lines`)).toEqual([]);
  });

  it('opens every file with what it is', () => {
    const bare = all.filter(
      ({ lines }) => !lines.slice(0, 20).some((line) => line.startsWith('/**')),
    );
    expect(bare.map(({ path }) => `src/${path}:1: opens without a comment`)).toEqual([]);
  });

  it('would see a forbidden import and a banned call', () => {
    const bad: Source = {
      path: 'engine/bad.ts',
      stage: 'engine',
      lines: ["import { x } from '../mesh/modes.ts';", 'const now = Date.now();'],
    };
    expect(forbiddenImports(bad)[0]).toMatch(/^src\/engine\/bad.ts:1: engine may not import mesh/);
    expect(banned(bad)[0]).toMatch(/^src\/engine\/bad.ts:2: /);
  });
});
