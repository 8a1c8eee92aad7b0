/** A finding: what is wrong with a document and at which path of it; `source.ts` adds the file, line and column. */
import { quote } from '../problems.ts';

export type Path = readonly (string | number)[];

export interface Finding {
  readonly path: Path;
  /** Whether the fault is in the key that the path ends with, or in what stands there. */
  readonly at: 'key' | 'value';
  readonly message: string;
  /** The next step, or ''. */
  readonly help: string;
}

/** `topology.namespaces[0].services[1].name`; keys that are no plain words in brackets and quotes. */
export function renderPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${quote(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** Whether one leads to what the other leads to, or to something around it. */
export function areNested(a: Path, b: Path): boolean {
  const common = Math.min(a.length, b.length);
  return a.slice(0, common).every((part, i) => part === b[i]);
}
