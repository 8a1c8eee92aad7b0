/** Where in a profile a fitted value belongs: `proxyMemory[0].costs.perCluster`. */
import { quote } from '../../problems.ts';
import type { Path } from '../../yaml/finding.ts';

/** @throws RangeError for the user */
export function parsePath(written: string): Path {
  const parts = [...written.matchAll(/\.?([A-Za-z][\w-]*)|\[(\d{1,4})\]/gy)];
  const length = parts.reduce((sum, [part]) => sum + part.length, 0);
  if (length < written.length || written.startsWith('.') || written === '') {
    throw new RangeError(
      `${quote(written)} is no place in a profile; expected one such as "controlPlane.cpu.edsPerCluster" or "proxyMemory[0].costs.base"`,
    );
  }
  return parts.map(([, word, index]) => word ?? Number(index));
}
