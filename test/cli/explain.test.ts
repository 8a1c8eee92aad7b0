import { describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/explain.ts';
import { readSchema } from '../../src/cli/package.ts';
import type { Schema } from '../../src/cli/schema-words.ts';
import { meshsim, scratch } from './meshsim.ts';

const schema = JSON.parse(readSchema('scenario')) as Schema;
const of = (path: string | null) => explain(path, schema, 80);

/** Paths of all fields, an entry of a list as []. */
function pathsOf(node: Schema, above: string, depth: number): readonly string[] {
  if (depth > 12) return [];
  if (node.$ref !== undefined) {
    const definition = schema.definitions?.[node.$ref.replace('#/definitions/', '')] ?? {};
    return pathsOf(definition, above, depth + 4);
  }
  const forms = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  const items = node.items as Schema | undefined;
  return [
    ...Object.entries(node.properties ?? {}).flatMap(([name, field]) => {
      const path = above === '' ? name : `${above}.${name}`;
      return [path, ...pathsOf(field, path, depth + 1)];
    }),
    ...forms.flatMap((form) => pathsOf(form, above, depth + 1)),
    ...(items === undefined || Array.isArray(items) ? [] : pathsOf(items, `${above}[]`, depth + 1)),
  ];
}

describe('meshsim explain', () => {
  it('says kind, default, range and meaning of a field', () => {
    expect(of('measure.reps')).toBe(
      'measure.reps\n  independent replications\n\n  kind      whole number, 1 to 10000\n  default   5\n',
    );
    expect(of('load[0].rate')).toContain('load[].rate\n');
    expect(of('load.rate')).toContain('rate; required');
  });

  it('shows each form of an entry under what tells it apart, and where a field belongs', () => {
    expect(of('churn')).toContain('kind: rollingUpdate: replaces every pod of a service');
    expect(of('churn[].surge')).toContain('(kind: rollingUpdate)');
  });

  it('knows every field that the schema has', () => {
    const paths = pathsOf(schema, '', 0);
    expect(paths.length).toBeGreaterThan(150);
    for (const path of new Set(paths)) expect(of(path)).toContain('  kind      ');
  });

  it('stays within the width', () => {
    for (const path of [null, 'churn', 'istio', 'topology.namespaces']) {
      const long = of(path)
        .split('\n')
        .filter((line) => line.length > 80 && line.startsWith('    '));
      expect(long).toEqual([]);
    }
  });

  it('says which fields there are where there is no such one', async () => {
    const { stderr, code } = await meshsim(['explain', 'measure.rep'], { cwd: scratch() });
    expect(stderr).toBe(
      'meshsim: "measure" has no field "rep"; it has warmup, window, reps, precision, repsMax, step, watch; did you mean "reps"?\n',
    );
    expect(code).toBe(2);
    expect((await meshsim(['explain', 'events.zebra'], { cwd: scratch() })).stderr).toBe(
      'meshsim: "events" has no field "zebra"; it has file\n',
    );
    expect((await meshsim(['explain', 'a..b'], { cwd: scratch() })).stderr).toBe(
      'meshsim: "a..b" is no path; expected one such as "load[0].rate"\n',
    );
  });
});
