/** Memory of Envoy by Istio release. */
import type { Profile } from './profile.ts';

/**
 * Of the last entry whose `from` is not above the release; entries need not be in order.
 *
 * @param release - as `1.8` or `1.26.3`
 * @throws RangeError if the release is no version, or older than every entry
 */
export function proxyMemoryOf(
  { proxyMemory }: Pick<Profile, 'proxyMemory'>,
  release: string,
): Profile['proxyMemory'][number] {
  const wanted = versionOf(release);
  const fitting = proxyMemory
    .filter(({ from }) => compareVersions(versionOf(from), wanted) <= 0)
    .toSorted((a, b) => compareVersions(versionOf(a.from), versionOf(b.from)));
  const entry = fitting.at(-1);
  if (entry === undefined) {
    const oldest = proxyMemory.map(({ from }) => from).join(', ');
    throw new RangeError(
      `"${release}" is older than what the profile has; expected ${oldest} or later`,
    );
  }
  return entry;
}

/** Numbers of a version, most significant first. @throws RangeError if it is none */
export function versionOf(text: string): readonly number[] {
  if (/^\d+(\.\d+)*$/.test(text)) return text.split('.').map(Number);
  throw new RangeError(`"${text}" is no version; expected one such as "1.8"`);
}

/** Negative, 0 or positive as `a` is below, equal to or above `b`; 1.8 is below 1.12. */
function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
