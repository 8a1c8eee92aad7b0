import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { meshModes } from '../../src/mesh/modes.ts';
import { scenarioJsonSchema } from '../../src/scenario/json-schema.ts';
import { parseBandwidth, parseBytes, parseRate, parseShare, parseTime } from '../../src/units.ts';

const file = new URL('../../schema/scenario.schema.json', import.meta.url);

test('schema/scenario.schema.json is what `meshsim schema` prints', () => {
  expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
});

test('only what has no default is required, and names come from the tables', () => {
  const schema = scenarioJsonSchema() as {
    required: string[];
    properties: { mesh: { properties: { mode: { enum: string[] } } } };
  };
  expect(schema.required).toEqual(['topology', 'load']);
  expect(schema.properties.mesh.properties.mode.enum).toEqual(Object.keys(meshModes));
});

test('the patterns that editors check accept what the parsers accept', () => {
  const text = JSON.stringify(scenarioJsonSchema());
  const parsers = [parseTime, parseBytes, parseRate, parseShare, parseAnyBandwidth];
  const samples = [
    '0',
    '250us',
    '1.5 ms',
    '1m30s',
    '300B',
    '2KiB',
    '1 MB',
    '800/s',
    '1.5/min',
    '95%',
    '0.95',
    '10Gbit/s',
    '5',
    'x',
    '-1s',
    '1s1',
    '5 apples',
  ];
  const patterns = parsers.map((parse) => {
    const found = [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, json]) => new RegExp(JSON.parse(json), 'u'),
    );
    return found.filter((pattern) =>
      samples.every((sample) => accepts(parse, sample) === pattern.test(sample)),
    );
  });
  expect(patterns.map((matching) => matching.length > 0)).toEqual(parsers.map(() => true));
});

function accepts(parse: (text: string) => number, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** There is no bandwidth of 0. */
function parseAnyBandwidth(text: string): number {
  const bandwidth = parseBandwidth(text);
  if (bandwidth === 0) throw new RangeError('0');
  return bandwidth;
}
