/** What zod found, in our words: one finding for each fault, at the path of the fault. */
import type { z } from 'zod';
import { quote } from '../problems.ts';
import { found, unlike } from './fields.ts';
import type { Finding, Path } from './finding.ts';
import { withHelp } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** @param issues - of a parse with `reportInput` */
export function findingsOf(issues: readonly Issue[], base: Path = []): readonly Finding[] {
  const strange = issues.filter(({ code }) => code === 'unrecognized_keys');
  return issues.flatMap((issue): readonly Finding[] => {
    const path: Path = [...base, ...(issue.path as Path)];
    switch (issue.code) {
      case 'unrecognized_keys': {
        const lines = issue.message.split('\n');
        return issue.keys.map((key, i) => said([...path, key], lines[i], 'key'));
      }
      case 'invalid_key':
        return issue.issues.map(({ message }) => said(path, message, 'key'));
      case 'invalid_union': {
        const branch = intended(issue.errors);
        const isOwn = branch === null || (issue.message !== DEFAULT && branch.every(isWrongNumber));
        return isOwn ? [said(path, unionMessage(issue))] : findingsOf(branch, path);
      }
      case 'invalid_type':
      case 'too_small':
      case 'too_big':
        // The schema has limits of its own, below this one.
        if ('maximum' in issue && issue.maximum === Number.MAX_SAFE_INTEGER) return [];
        return [said(path, describe(issue))];
      case 'custom':
        // A map that is empty without its unknown keys is not at fault a second time.
        if (strange.some(({ path: other }) => other.join() === issue.path.join())) return [];
        return [said(path, issue.message)];
      default:
        return [
          said(
            path,
            issue.input === undefined && issue.code === 'invalid_value'
              ? missing(issue)
              : issue.message,
          ),
        ];
    }
  });
}

function said(path: Path, text: string, at: Finding['at'] = 'value'): Finding {
  return { path, at, ...withHelp(text) };
}

function missing(issue: Extract<Issue, { code: 'invalid_value' }>): string {
  return `missing; expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(quote).join(', ')}`;
}

/**
 * The branch of a union that the user meant: the only one whose kind of value (text, list, map) it is.
 * null if it is none of them; of several the last, which is the most general.
 */
function intended(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const fitting = branches.filter((issues) => !issues.some(isOtherKind));
  return fitting.length === 0 ? null : fitting[fitting.length - 1];
}

function isOtherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_type') return !isWrongNumber(issue);
  return issue.code === 'invalid_union' && intended(issue.errors) === null;
}

/** A number, but NaN, infinite or not whole. */
function isWrongNumber(issue: Issue): boolean {
  if (issue.code === 'invalid_union') return intended(issue.errors)?.every(isWrongNumber) ?? false;
  if (issue.code !== 'invalid_type' || issue.path.length > 0) return false;
  return typeof issue.input === 'number' && ['number', 'int'].includes(issue.expected);
}

const DEFAULT = 'Invalid input';

/** zod's own words are for programmers; the unions of the schema bring their own. */
function unionMessage(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  return issue.message === DEFAULT ? `found ${found(issue.input)}` : issue.message;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '"true" or "false"',
  array: 'a list',
  tuple: 'a list',
  object: 'a map',
  record: 'a map',
};

type Measured = Extract<Issue, { code: 'invalid_type' | 'too_small' | 'too_big' }>;

function describe(issue: Measured): string {
  const { input } = issue;
  if (issue.code === 'invalid_type') {
    if (!issue.message.startsWith(DEFAULT)) return issue.message;
    const expected = kinds[issue.expected] ?? issue.expected;
    if (typeof input === 'number' && issue.expected === 'string') {
      return `found the number ${quote(input)}; expected text, in quotes`;
    }
    return unlike(input, expected);
  }
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const direction = directionOf(issue);
  if (issue.origin === 'array') {
    const { length } = input as readonly unknown[];
    return `found ${entries(length)}; expected ${direction} ${entries(Number(bound))}`;
  }
  if (!issue.message.startsWith('Too ')) return issue.message;
  if (issue.origin === 'string') return `found ${quote(input)}; expected text that is not empty`;
  return `${quote(input)} is too ${issue.code === 'too_small' ? 'small' : 'large'}; expected ${direction} ${bound}`;
}

function directionOf({ code, inclusive }: Exclude<Measured, { code: 'invalid_type' }>): string {
  if (code === 'too_small') return inclusive === false ? 'more than' : 'at least';
  return inclusive === false ? 'less than' : 'at most';
}

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}
