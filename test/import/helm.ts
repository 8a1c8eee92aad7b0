/**
 * As much of Helm as the chart of istio/tools needs: values put in, conditions on values decided. What a real chart may
 * hold beyond that is an error.
 */
import { parse } from 'yaml';

export function helm(template: string, values: string): string {
  const all: unknown = parse(values);
  /** Whether the lines of each open condition are wanted. */
  const open: boolean[] = [];
  const lines: string[] = [];
  for (const line of template.split('\n')) {
    const [, action] = /^\s*\{\{-? *(if .*?|end) *-?\}\}\s*$/.exec(line) ?? [];
    if (action === 'end') open.pop();
    else if (action !== undefined) open.push(isTrue(action.slice('if '.length), all));
    else if (open.every(Boolean)) lines.push(filled(line, all));
  }
  if (open.length > 0) throw new Error(`${open.length} conditions are not closed`);
  return lines.join('\n');
}

function filled(line: string, values: unknown): string {
  return line.replace(/\{\{-? *(toJson )?\.Values\.([\w.]+) *-?\}\}/g, (_, json, path) => {
    const value = valueAt(values, path);
    return json === undefined ? String(value) : JSON.stringify(value);
  });
}

/** `.Values.a`, or `or (not .Values.a) (.Values.b)`. */
function isTrue(condition: string, values: unknown): boolean {
  const [, first, second] =
    /^or \(not \.Values\.([\w.]+)\) \(\.Values\.([\w.]+)\)$/.exec(condition) ?? [];
  if (first !== undefined) return !valueAt(values, first) || Boolean(valueAt(values, second));
  const [, path] = /^\.Values\.([\w.]+)$/.exec(condition) ?? [];
  if (path === undefined) throw new Error(`no condition that is known: ${condition}`);
  return Boolean(valueAt(values, path));
}

function valueAt(values: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }, values);
}
