/** Names in which `*` stands for any run of characters except `/`: `load-*` is every load namespace. */

/** Whether a text fits the pattern; made once for many texts. */
export function matcher(pattern: string): (text: string) => boolean {
  const globs = pattern.split('/').map(glob);
  return (text) => {
    const parts = text.split('/');
    return parts.length === globs.length && parts.every((part, i) => globs[i](part));
  };
}

/** Takes each run of literal text as early as it comes, so that no pattern is slow. */
function glob(pattern: string): (text: string) => boolean {
  const [first, ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let from = first.length;
    for (const run of rest) {
      const at = text.indexOf(run, from);
      if (at < 0) return false;
      from = at + run.length;
    }
    return text.length - last.length >= from && text.endsWith(last);
  };
}

export function matches(pattern: string, text: string): boolean {
  return matcher(pattern)(text);
}
