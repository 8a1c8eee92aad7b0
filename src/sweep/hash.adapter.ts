/** SHA-256, by Node: what names scenarios, profiles and points. */
import { createHash } from 'node:crypto';

/** In hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
