/** Stream keys: seedrandom turns seed, replication and purpose into two 32-bit keys, once, outside the engine. */
import seedrandom from 'seedrandom';
import type { Draw } from '../controlplane/world.ts';
import { uniformAt } from '../engine/random.ts';

/**
 * Two keys for each purpose, as the engine wants them: keys[2 * purpose], keys[2 * purpose + 1].
 *
 * @param seed - of the scenario
 * @param replication - from 0; each has streams of its own
 */
export function makeKeys(
  seed: string,
  replication: number,
  purposes: readonly string[],
): Int32Array {
  const keys = new Int32Array(purposes.length * 2);
  purposes.forEach((purpose, p) => {
    const random = seedrandom.alea(`${seed} ${replication} ${purpose}`);
    keys[p * 2] = random.int32();
    keys[p * 2 + 1] = random.int32();
  });
  return keys;
}

/** Draws by name, for those who make few: the control plane and churn. */
export function makeDraw(seed: string, replication: number, purposes: readonly string[]): Draw {
  const keys = makeKeys(
    seed,
    replication,
    purposes.map((purpose) => `control plane: ${purpose}`),
  );
  const indexOf = new Map(purposes.map((purpose, p) => [purpose, p]));
  return (purpose, a, b) => {
    const p = indexOf.get(purpose);
    if (p === undefined) throw new RangeError(`there is no purpose "${purpose}"`);
    return uniformAt(keys[p * 2], keys[p * 2 + 1], a, b);
  };
}
