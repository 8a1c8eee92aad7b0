/**
 * Cached resources of one type that belong to single services, such as clusters or endpoint sets: those of a service
 * come and go together, as they depend on the same. An LRU, which matters only where not all fit that there may be.
 */

export class ServiceEntries {
  private readonly limit: number;
  /** By service: how many entries it has. */
  private readonly sizes: readonly number[];
  /** All that there may be fit, so that nothing is ever pushed out. */
  private readonly fits: boolean;
  /** Services whose entries are not there. */
  private readonly absent = new Set<number>();
  /** Where not all fit: the others, the longest unused first, and how many entries they have. */
  private readonly used = new Set<number>();
  private entries = 0;

  /** Everything is there at first, as far as it fits. @param sizes - by service: how many entries it has */
  constructor(limit: number, sizes: readonly number[]) {
    this.limit = limit;
    this.sizes = sizes;
    this.fits = sizes.reduce((sum, size) => sum + size, 0) <= limit;
    if (!this.fits) for (const s of sizes.keys()) this.touch(s);
  }

  sizeOf(service: number): number {
    return this.sizes[service];
  }

  drop(service: number): void {
    this.absent.add(service);
    if (this.used.delete(service)) this.entries -= this.sizes[service];
  }

  dropAll(): void {
    for (const s of this.sizes.keys()) this.drop(s);
  }

  /**
   * Services, also such as the push does not see, of which it has to generate everything.
   *
   * @param services - that the push is about; null: all that it sees, whose entries are `size`
   */
  missing(services: readonly number[] | null, size: number): Iterable<number> {
    if (services !== null) return services.filter((s) => this.absent.has(s));
    // Where those do not fit, each has been pushed out again before its turn comes, for they always come in one order.
    return size > this.limit ? this.sizes.keys() : this.absent;
  }

  /**
   * A push has used these, and put in what was not there.
   *
   * @param services - that the push was about; null: all that it sees
   * @returns whether anything has changed
   */
  put(services: readonly number[] | null, isSeen: (service: number) => boolean): boolean {
    const before = this.absent.size;
    if (this.fits && before === 0) return false;
    if (this.fits) {
      for (const s of services ?? this.absent) if (isSeen(s)) this.absent.delete(s);
      return this.absent.size !== before;
    }
    for (const s of services ?? this.sizes.keys()) if (isSeen(s)) this.touch(s);
    return true;
  }

  private touch(service: number): void {
    if (!this.used.delete(service)) this.entries += this.sizes[service];
    this.used.add(service);
    this.absent.delete(service);
    for (const oldest of this.used) {
      if (this.entries <= this.limit) return;
      this.drop(oldest);
    }
  }
}
