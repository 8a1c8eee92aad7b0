/** A histogram as a line of blocks, over a logarithmic axis of latency. */
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';

const BLOCKS = '▁▂▃▄▅▆▇█';
const COLUMNS = 24;
/** Equally likely values that the shape is drawn from. */
const VALUES = 500;

export interface Spark {
  readonly line: string;
  /** Where the line begins and ends. [ns] */
  readonly from: number;
  readonly to: number;
}

/**
 * From the value that one request in a thousand stays below to the one that one in a thousand exceeds.
 *
 * @param hdr - HdrHistogram V2, compressed, base64
 * @returns null of no values, or of a single one
 */
export function sparkline(hdr: string): Spark | null {
  const histogram = decodeFromCompressedBase64(hdr);
  if (histogram.totalCount === 0) return null;
  const from = Math.max(1, histogram.getValueAtPercentile(0.1));
  const to = histogram.getValueAtPercentile(99.9);
  if (to <= from) return null;
  const counts = new Array<number>(COLUMNS).fill(0);
  for (let i = 0; i < VALUES; i++) {
    const value = histogram.getValueAtPercentile((100 * (i + 0.5)) / VALUES);
    const column = Math.floor((COLUMNS * Math.log(value / from)) / Math.log(to / from));
    counts[Math.max(0, Math.min(COLUMNS - 1, column))]++;
  }
  const most = Math.max(...counts);
  return { line: counts.map((count) => blockOf(count / most)).join(''), from, to };
}

/** Empty bins stay empty, so that two humps are seen as two. */
function blockOf(share: number): string {
  if (share <= 0) return ' ';
  return BLOCKS[Math.min(BLOCKS.length - 1, Math.floor(share * BLOCKS.length))];
}
