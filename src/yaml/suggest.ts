/** What the user may have meant. */
import { distance } from 'fastest-levenshtein';
import { quote } from '../problems.ts';

/** The nearest of some names: not further than two slips, or a third of its length; null if none is. */
export function nearest(written: string, names: Iterable<string>): string | null {
  // Longer words are nobody's slip of the pen, and would take long to compare.
  if (written.length > 200) return null;
  // Of numbers the nearest is not what was meant.
  if (!/\p{L}/u.test(written)) return null;
  let best: string | null = null;
  let least = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const name of names) {
    // A lower bound of the distance, to save the comparison.
    if (Math.abs(name.length - written.length) >= least) continue;
    const slips = distance(written.toLowerCase(), name.toLowerCase());
    // A name of two letters is not a slip away from every other one.
    if (slips < least && slips < Math.max(written.length, name.length) - 1) {
      best = name;
      least = slips;
    }
  }
  return best;
}

/** `did you mean "sidecar"?`, or '' */
export function didYouMean(written: unknown, names: Iterable<string>): string {
  const name = nearest(String(written), names);
  return name === null ? '' : `did you mean ${quote(name)}?`;
}

/** `"a", "b" or "c"`; of very many only the first. */
export function listed(names: readonly string[]): string {
  const quoted = names.map(quote);
  if (quoted.length > 16) return `${quoted.slice(0, 12).join(', ')} … (${quoted.length} in all)`;
  if (quoted.length < 2) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} or ${quoted[quoted.length - 1]}`;
}

/** A message that ends with a suggestion, taken apart. */
export function withHelp(text: string): { readonly message: string; readonly help: string } {
  const split = text.indexOf('; did you mean ');
  if (split < 0) return { message: text, help: '' };
  return { message: text.slice(0, split), help: text.slice(split + 2) };
}
