/**
 * Who sees which members of a group. There is one history of members for each group, shared by all; a viewer
 * holds only the number of the version that it has applied, and exceptions where it knows one group better.
 * So a hundred thousand proxies with stale endpoints cost one number each. Which groups a viewer knows at all is its
 * scope; many share one.
 */

export class Views {
  /** Number of the newest version; every `publish` makes one. */
  version = 0;
  /** By viewer: the version it has applied. */
  private readonly applied: Int32Array;
  /** By group: the list that is valid now, and since which version. */
  private readonly current: Int32Array;
  private readonly since: Int32Array;
  /** By group: older lists, [since version, list] pairs, oldest first. */
  private readonly older: number[][];
  /** By viewer: for single groups, a later version than the viewer's own. */
  private readonly ahead: (Map<number, number> | undefined)[];

  /** By viewer: the groups that it knows at all, as a number of `knows`. */
  private readonly scope: Int32Array;
  /** By scope, by group: 1 if it is known; the first knows all. */
  private readonly knows: Uint8Array[];

  /** By list: its members are places[start, start + count). */
  private readonly start: number[] = [];
  private readonly count: number[] = [];
  /** Members of all lists, one after the other. */
  places = new Int32Array(1024);
  private placesUsed = 0;

  constructor(groups: readonly (readonly number[])[], viewerCount: number) {
    this.applied = new Int32Array(viewerCount);
    this.current = new Int32Array(groups.length);
    this.since = new Int32Array(groups.length);
    this.older = groups.map(() => []);
    this.ahead = new Array<Map<number, number> | undefined>(viewerCount).fill(undefined);
    this.scope = new Int32Array(viewerCount);
    this.knows = [new Uint8Array(groups.length).fill(1)];
    groups.forEach((members, group) => {
      this.current[group] = this.addList(members);
    });
  }

  /** A group has other members from now on; nobody sees them before applying the version returned. */
  publish(group: number, members: readonly number[]): number {
    this.older[group].push(this.since[group], this.current[group]);
    this.version++;
    this.since[group] = this.version;
    this.current[group] = this.addList(members);
    return this.version;
  }

  /** The viewer sees everything as of this version; an older one than it has is ignored. */
  apply(viewer: number, version: number): void {
    if (version <= this.applied[viewer]) return;
    this.applied[viewer] = version;
    const ahead = this.ahead[viewer];
    if (ahead === undefined) return;
    for (const [group, known] of ahead) if (known <= version) ahead.delete(group);
    if (ahead.size === 0) this.ahead[viewer] = undefined;
  }

  /** The viewer sees this one group as of this version, the others as before. */
  applyGroup(viewer: number, group: number, version: number): void {
    if (version <= this.applied[viewer]) return;
    let ahead = this.ahead[viewer];
    if (ahead === undefined) {
      ahead = new Map();
      this.ahead[viewer] = ahead;
    }
    if (version > (ahead.get(group) ?? 0)) ahead.set(group, version);
  }

  /** @returns the number of the scope; 0 knows every group */
  addScope(knows: Uint8Array): number {
    return this.knows.push(knows) - 1;
  }

  setScope(viewer: number, scope: number): void {
    this.scope[viewer] = scope;
  }

  isKnown(group: number, viewer: number): boolean {
    return this.knows[this.scope[viewer]][group] === 1;
  }

  appliedVersion(viewer: number): number {
    return this.applied[viewer];
  }

  /** The list of a group's members that a viewer sees; `startOf` and `countOf` say where it is. */
  listFor(group: number, viewer: number): number {
    const applied = this.applied[viewer];
    const ahead = this.ahead[viewer];
    if (this.since[group] <= applied && ahead === undefined) return this.current[group];
    return this.listAt(group, Math.max(applied, ahead?.get(group) ?? 0));
  }

  startOf(list: number): number {
    return this.start[list];
  }

  countOf(list: number): number {
    return this.count[list];
  }

  /** The members that a viewer sees, for tests and reports. */
  membersFor(group: number, viewer: number): number[] {
    const list = this.listFor(group, viewer);
    const start = this.start[list];
    return [...this.places.subarray(start, start + this.count[list])];
  }

  private listAt(group: number, version: number): number {
    if (this.since[group] <= version) return this.current[group];
    const older = this.older[group];
    // Views lag by a few versions of a group at most, so look from the newest.
    let i = older.length - 2;
    while (i > 0 && older[i] > version) i -= 2;
    return older[i + 1];
  }

  private addList(members: readonly number[]): number {
    const end = this.placesUsed + members.length;
    if (end > this.places.length) {
      const places = new Int32Array(Math.max(end, this.places.length * 2));
      places.set(this.places);
      this.places = places;
    }
    this.places.set(members, this.placesUsed);
    this.start.push(this.placesUsed);
    this.count.push(members.length);
    this.placesUsed = end;
    return this.start.length - 1;
  }
}
