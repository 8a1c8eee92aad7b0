/** Where something stands in a YAML text, by its path. */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Path } from './finding.ts';

export interface Place {
  /** In UTF-16 units from 0. */
  readonly offset: number;
  /** Not beyond the end of the line; 0 if there is nothing to underline. */
  readonly length: number;
  /** The path, without what goes below a value that has no parts, as in the short form of a call. */
  readonly path: Path;
}

/** The key or the value that a path leads to, or the nearest thing around it that there is. */
export function locate(document: Document, path: Path, at: 'key' | 'value', text: string): Place {
  let node: unknown = document.contents;
  let key: unknown = null;
  let depth = 0;
  for (; depth < path.length; depth++) {
    if (isAlias(node)) node = node.resolve(document);
    const entry = entryOf(node, path[depth]);
    if (entry === null) break;
    [key, node] = entry;
  }
  const isThere = depth === path.length;
  // What is missing from a map is shown at the key of the map.
  const candidates = (isThere ? at === 'key' : key !== null && !isScalar(node))
    ? [key, node]
    : [node, key];
  const [offset, length] = candidates
    .map((node) => spanOf(node, text))
    .find((span) => span[1] > 0) ?? [0, 0];
  return { offset, length, path: isScalar(node) ? path.slice(0, depth) : path };
}

/** Key (null in a list) and value. */
function entryOf(
  node: unknown,
  part: string | number,
): readonly [key: unknown, value: unknown] | null {
  if (isSeq(node)) {
    return typeof part === 'number' && part < node.items.length ? [null, node.items[part]] : null;
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => nameOf(key) === String(part));
  return pair === undefined ? null : [pair.key, pair.value];
}

function nameOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

/** Of a list or a map only the first line. */
function spanOf(node: unknown, text: string): readonly [offset: number, length: number] {
  if (!isNode(node) || !node.range) return [0, 0];
  const [offset, end] = node.range;
  const [line] = text.slice(offset, end).split(/[\r\n]/, 1);
  return [offset, line.trimEnd().length];
}
