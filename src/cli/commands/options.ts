/** What options of several commands are parsed with. */
import { InvalidArgumentError } from 'commander';

/** Of an option that may be given several times. */
export function append(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

export function count(least: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}
