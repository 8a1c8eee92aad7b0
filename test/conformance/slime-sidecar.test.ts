/**
 * The Sidecar that Slime's own test expects (lazyload, test/e2e autofence), from the service that it is given. Read
 * from the folder that MESHSIM_DATA names; the same for Bookinfo is in test/scope/slime.test.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { slime } from '../../src/scope/slime.ts';
import { strategies } from '../../src/scope/strategies.ts';
import { drive, httpService } from '../scope/drive.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly egress: readonly { readonly hosts: readonly string[] }[] };
}

const folder = join(process.env['MESHSIM_DATA'] ?? '', 'config-modes', 'slime');
const read = (name: string): readonly Manifest[] =>
  parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map((text) => text.toJS());

describe('Slime', () => {
  const title = 'writes the Sidecar that its own test expects';
  if (process.env['MESHSIM_DATA'] === undefined || !existsSync(folder)) {
    test.skip(`${title} (skipped: MESHSIM_DATA names no folder with config-modes/slime)`, () => {});
    return;
  }
  test(title, () => {
    const input = read('autofence.base.input.yaml').find((one) => one?.kind === 'Service');
    const [sidecar] = read('autofence.base.expect.sidecar.yaml');
    const { name, namespace } = input?.metadata ?? sidecar.metadata;
    const site = { services: [httpService(name, namespace)], own: [0] };
    const { done } = drive(slime(strategies.slime.defaults), site);
    const { metadata, spec } = sidecar;
    expect({ name, namespace }).toEqual(metadata);
    expect(done.map(({ effect }) => effect)).toEqual([
      { kind: 'sidecar', namespace, service: 0, hosts: spec.egress[0].hosts },
    ]);
  });
});
