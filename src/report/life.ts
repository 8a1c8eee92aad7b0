/** The life of a request as text: one line a span, indented by depth, in the order of time. */
import Table from 'cli-table3';
import { indicesBy, type Life, type Span } from '../measure/life.ts';
import { formatTime, MILLISECOND } from '../units.ts';
import { borderless } from './layout.ts';

export function renderLife(life: Life): string {
  const { load, request, arrival, end, outcome, spans } = life;
  const took = formatTime(end - arrival);
  const title = `request ${request} of "${load}": arrived at ${formatTime(arrival)}, ${outcome} after ${took}`;
  const table = new Table({
    head: ['since arrival [ms]', 'took [ms]', 'wait, wake-up [ms]', 'what', 'where'],
    colAligns: ['right', 'right', 'right', 'left', 'left'],
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  for (const { span, depth } of inOrder(spans)) {
    const indent = '  '.repeat(depth);
    const failed = span.outcome === 'ok' ? '' : `  (${span.outcome})`;
    table.push([
      milliseconds(span.start - arrival),
      milliseconds(span.end - span.start),
      span.waited === 0 ? '' : milliseconds(span.waited),
      `${indent}${titleOf(span)}${failed}`,
      span.kind === 'wire' || span.kind === 'call' ? '' : span.where,
    ]);
  }
  const lines = table.toString().split('\n');
  return `${[title, '', ...lines].map((line) => line.trimEnd()).join('\n')}\n`;
}

/** All in one unit, to the microsecond, so that they can be compared down the column. */
function milliseconds(nanos: number): string {
  return (nanos / MILLISECOND).toFixed(3);
}

function titleOf({ kind, what, service }: Span): string {
  if (kind === 'call') return `${service} → ${what}`;
  return kind === 'serve' ? service : what;
}

/** Each span before those inside it, neighbours by their start. */
function inOrder(
  spans: readonly Span[],
): readonly { readonly span: Span; readonly depth: number }[] {
  const childrenOf = indicesBy(spans, (span) => span.parent);
  const below = (parent: number, depth: number): { span: Span; depth: number }[] =>
    [...(childrenOf.get(parent) ?? [])]
      .sort((a, b) => spans[a].start - spans[b].start)
      .flatMap((index) => [{ span: spans[index], depth }, ...below(index, depth + 1)]);
  return below(-1, 0);
}
