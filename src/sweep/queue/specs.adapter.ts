/** Specifications of sweeps in Redis: compressed, each once, under the digest of what it says. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Redis } from 'ioredis';
import type { SweepSpec } from '../spec.ts';
import { SPEC_KEPT, SPEC_MAX, specKey } from './keys.ts';
import { PayloadError, readSpec } from './payloads.ts';

const compress = promisify(gzip);
const uncompress = promisify(gunzip);

/** What a producer has put down for its points. */
export interface KeptSpec {
  readonly address: string;
  /** Puts it there, or sees to it that it stays. */
  keep(): Promise<void>;
}

export async function keptSpec(redis: Redis, queue: string, spec: SweepSpec): Promise<KeptSpec> {
  const text = JSON.stringify(spec);
  const address = sha256(text);
  const packed = await compress(text);
  const key = specKey(queue, address);
  return {
    address,
    async keep() {
      if ((await redis.expire(key, SPEC_KEPT)) === 1) return;
      await redis.set(key, packed, 'EX', SPEC_KEPT);
    },
  };
}

/** Specifications that a worker holds on to: points of few sweeps wait at a time. */
const HELD_MAX = 4;

/** @returns reads one, from memory if it was read lately; throws PayloadError where it is not there, or not whole */
export function specReader(redis: Redis, queue: string): (address: string) => Promise<SweepSpec> {
  const held = new Map<string, Promise<SweepSpec>>();
  return (address) => {
    const spec = held.get(address) ?? fetchSpec(redis, specKey(queue, address), address);
    // The one that was asked for last stands last.
    held.delete(address);
    held.set(address, spec);
    spec.catch(() => held.delete(address));
    for (const [oldest] of held) {
      if (held.size <= HELD_MAX) break;
      held.delete(oldest);
    }
    return spec;
  };
}

async function fetchSpec(redis: Redis, key: string, address: string): Promise<SweepSpec> {
  const packed = await redis.getBuffer(key);
  if (packed === null)
    throw new PayloadError('the specification of its sweep is not there any more');
  let text: string;
  try {
    text = (await uncompress(packed, { maxOutputLength: SPEC_MAX })).toString('utf8');
  } catch {
    throw new PayloadError('the specification of its sweep cannot be unpacked');
  }
  if (sha256(text) !== address) {
    throw new PayloadError('the specification of its sweep is not the one that its digest names');
  }
  return readSpec(JSON.parse(text));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
