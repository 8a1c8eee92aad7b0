/**
 * Latencies in the form that HdrHistogram's plotters, wrk2 and other languages read: V2, compressed, in base64.
 * The engine's buckets are those of three significant digits, so nothing is lost. Values are nanoseconds.
 */
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { lowestOf } from '../engine/histogram.ts';
import type { SparseHistogram } from './replication.ts';

const DIGITS = 3;

export function encodeHdr(histogram: SparseHistogram): string {
  const largest = histogram.length === 0 ? 1 : lowestOf(histogram[histogram.length - 2]);
  const hdr = build({
    // Counts as doubles: of 32 bits they would wrap after four billion requests.
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: Math.max(2, 2 * largest),
    numberOfSignificantValueDigits: DIGITS,
    useWebAssembly: false,
  });
  for (let i = 0; i < histogram.length; i += 2) {
    hdr.recordValueWithCount(lowestOf(histogram[i]), histogram[i + 1]);
  }
  return encodeIntoCompressedBase64(hdr);
}
