/** The measures of the same thing, gathered from all replications. */

export interface Aligned<T> {
  readonly key: string;
  /** By replication. */
  readonly items: readonly T[];
}

/**
 * @param lists - one list a replication, in any order
 * @returns in the order of the first replication
 * @throws RangeError where replications measured different things: their numbers must not be mixed
 */
export function alignBy<T>(
  lists: readonly (readonly T[])[],
  keyOf: (item: T) => string,
): readonly Aligned<T>[] {
  const tables = lists.map((list) => new Map(list.map((item) => [keyOf(item), item])));
  lists.forEach((list, rep) => {
    if (tables[rep].size !== list.length)
      throw new RangeError('a measure of a replication stands twice');
  });
  return (lists[0] ?? []).map((first) => {
    const key = keyOf(first);
    return { key, items: tables.map((table, rep) => itemOf(table, key, rep, tables[0].size)) };
  });
}

function itemOf<T>(table: ReadonlyMap<string, T>, key: string, rep: number, size: number): T {
  const item = table.get(key);
  if (item === undefined || table.size !== size) {
    throw new RangeError(`replication ${rep} does not measure what the first did ("${key}")`);
  }
  return item;
}

/** Items of one key together, keys in the order in which they first occur; not every replication needs to have all. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
