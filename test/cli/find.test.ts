/** `meshsim sweep --find` as a user runs it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { meshsim, scratch } from './meshsim.ts';

const chain = fileURLToPath(new URL('../../scenarios/chain.yml', import.meta.url));
const text = (...path: readonly string[]) => readFileSync(join(...path), 'utf8');

describe('meshsim sweep --find', { timeout: 60_000 }, () => {
  it('finds the largest value that keeps a threshold, and the same from what it kept', async () => {
    const cwd = scratch();
    const args = [
      ...['sweep', chain, '--axis', 'load[0].rate=10/s:210/s:40/s', '--find', 'load[0].rate'],
      ...['--threshold', 'throughput < 110/s', '--set', 'measure.window=2s', '--reps', '5'],
      ...['--set', 'thresholds=[]', '--no-baseline', '-q', '-O', 's'],
    ];
    const first = await meshsim([...args, '-j', '1'], { cwd });
    expect([first.stderr, first.code]).toEqual(['', 0]);
    expect(first.stdout).toMatch(
      /\nload\[0\]\.rate, throughput < 110\/s: 90\/s keeps it, 130\/s does not\n/,
    );
    const sweep = JSON.parse(text(cwd, 's', 'sweep.json'));
    expect(sweep.knee).toMatchObject({ path: 'load[0].rate', keeps: 90, breaks: 130 });
    expect(sweep.design).toBe('adaptive');
    const values = sweep.points.map((point: { values: unknown[] }) => point.values);
    expect(values).toEqual(sweep.axes[0].values.map((value: unknown) => [value]));
    expect(sweep.size).toBe(values.length);
    // Whatever an earlier sweep left there, no file is of another one.
    const rows = await parquetMetadataAsync(
      await asyncBufferFromFile(join(cwd, 's/results.parquet')),
    );
    expect(Number(rows.num_rows)).toBe(values.length);
    const journal = text(cwd, 's', 'points.ndjson');
    const again = await meshsim([...args, '-j', '2'], { cwd });
    expect(again.stdout).toBe(first.stdout);
    expect(text(cwd, 's', 'points.ndjson')).toBe(journal);
  });

  it('ends without an answer where a point fails, and names it', async () => {
    const cwd = scratch();
    const { code, stderr } = await meshsim(
      [
        ...['sweep', chain, '--axis', 'topology.namespaces[0].services[0].replicas=1.5,2,3'],
        ...['--find', 'topology.namespaces[0].services[0].replicas', '-O', 's', '-q'],
        ...['--threshold', 'latency.mean < 1s', '--set', 'measure.window=1s', '-j', '1'],
      ],
      { cwd },
    );
    expect(code).toBe(3);
    expect(stderr).toMatch(/^point 0: invalid: .*replicas: found "1.5"/);
    expect(stderr).toMatch(/\n1 point failed\n$/);
    const { knee, failures } = JSON.parse(text(cwd, 's', 'sweep.json'));
    expect(knee).toBe(null);
    expect(failures).toMatchObject([{ index: 0, kind: 'invalid', values: [1.5] }]);
  });

  it('refuses what cannot be meant', async () => {
    const cwd = scratch();
    const said = async (...args: readonly string[]) => {
      const { stderr, code } = await meshsim(['sweep', chain, ...args], { cwd });
      expect(code).toBe(2);
      return stderr;
    };
    expect(await said('--axis', 'a=1,2', '--find', 'b')).toBe(
      'meshsim: --find looks along one axis: expected one --axis b=…; found "a"\n',
    );
    expect(await said('--axis', 'a=1,2', '--find', 'a', '--zip')).toContain('--find decides');
    expect(await said('--axis', 'a=x,2', '--find', 'a')).toContain(
      'axis "a" has the value "x"; to look along it expected numbers',
    );
    expect(await said('--axis', 'a=1ms,2s', '--find', 'a')).toContain('different units');
    const rate = ['--axis', 'load[0].rate=1/s,2/s', '--find', 'load[0].rate'];
    expect(await said(...rate, '--set', 'thresholds=[]')).toContain('--find needs a threshold');
    expect(await said(...rate, '--set', 'measure.precision=5%')).toContain(
      'measure.precision=null',
    );
  });
});
