/**
 * The book of changes and pushes: for every change when it happened and why it pushes, for every push of a replica what
 * became of it at each proxy that it was meant for: applied (by itself, or with a later push that it was merged into),
 * not needed, or lost with its connection. Each proxy ends as exactly one of these.
 */
import type { PushStage } from '../measure/replication.ts';
import type { Reason } from './changes.ts';
import { reasons } from './metrics.ts';
import type { Range } from './push-queue.ts';
import type { Tally } from './tally.ts';

/** A push function that ran: the changes in its batch, and when they began to be pushed. */
export interface Batch {
  /** Numbers of changes. */
  readonly events: readonly number[];
  /** When the first of them happened; when the push function began; when every proxy had been put into the queue. [ns] */
  readonly first: number;
  readonly began: number;
  readonly started: number;
}

/** Changes, of all replicas together. */
export class EventLog {
  readonly ledgers: PushLedger[] = [];
  /** By change: when it happened; the index of its reason; replicas that heard of it, and that lost it before pushing. */
  private readonly at: number[] = [];
  private readonly reason: number[] = [];
  private readonly heard: number[] = [];
  private readonly lost: number[] = [];

  /** @returns its number */
  add(at: number, reason: Reason): number {
    this.reason.push(reasons.indexOf(reason));
    this.heard.push(0);
    this.lost.push(0);
    return this.at.push(at) - 1;
  }

  /** Changes, counted once for each replica that heard of them. */
  get heardCount(): number {
    return this.heard.reduce((sum, count) => sum + count, 0);
  }

  timeOf(event: number): number {
    return this.at[event];
  }

  reasonOf(event: number): Reason {
    return reasons[this.reason[event]];
  }

  /** A replica has heard of it. */
  hear(event: number): void {
    this.heard[event]++;
  }

  /** A replica that had heard of it has ended before it was pushed. */
  lose(event: number): void {
    this.lost[event]++;
  }

  /** From a change to its last proxy, of all replicas, for each that no proxy waits for. [ns] */
  fleetConvergence(record: (time: number) => void): void {
    const pushed = this.at.map(() => 0);
    const latest = this.at.map(() => -1);
    for (const { pushes } of this.ledgers) {
      for (const { batch, outstanding, appliedAt } of pushes) {
        for (const event of batch.events) {
          // What a proxy still waits for is not over.
          pushed[event] += outstanding === 0 ? 1 : Number.NaN;
          latest[event] = Math.max(latest[event], appliedAt);
        }
      }
    }
    this.at.forEach((at, event) => {
      if (pushed[event] + this.lost[event] === this.heard[event] && latest[event] >= 0) {
        record(latest[event] - at);
      }
    });
  }

  /** How often each reason was counted when a proxy was dequeued. */
  triggers(): Record<Reason, number> {
    const counts = Object.fromEntries(reasons.map((reason) => [reason, 0])) as Record<
      Reason,
      number
    >;
    for (const { pushes } of this.ledgers) {
      for (const { batch, dequeued } of pushes) {
        for (const event of batch.events) counts[this.reasonOf(event)] += dequeued;
      }
    }
    return counts;
  }

  /** Mean times of a push in each stage: of its batch from its oldest change on, and of each of its proxies. [ns] */
  stages(): Readonly<Record<PushStage, number>> {
    const stages = new Stages();
    for (const { pushes } of this.ledgers) {
      for (const push of pushes) {
        stages.batch(push.batch, push.batch.first);
        stages.proxies(push, push.sent, push.applied);
      }
    }
    return stages.means();
  }

  /** Changes by reason, and the mean time that one of them spent in each stage, over replicas. [ns] */
  byReason(): readonly {
    readonly reason: Reason;
    readonly events: number;
    readonly stages: Readonly<Record<PushStage, number>>;
  }[] {
    const all = reasons.map(() => new Stages());
    for (const { pushes } of this.ledgers) {
      for (const push of pushes) {
        for (const event of push.batch.events) {
          const stages = all[this.reason[event]];
          stages.batch(push.batch, this.at[event]);
          stages.proxies(push, 1, 1);
        }
      }
    }
    return reasons.flatMap((reason, index) => {
      const events = this.reason.filter((of) => of === index).length;
      return events === 0 ? [] : [{ reason, events, stages: all[index].means() }];
    });
  }
}

/** Sums of times by stage. */
class Stages {
  private readonly sums = { debounce: 0, context: 0, queue: 0, generate: 0, send: 0, apply: 0 };
  private readonly counts = { batches: 0, sent: 0, applied: 0 };

  /** @param from - when the change happened */
  batch({ began, started }: Batch, from: number): void {
    this.counts.batches++;
    this.sums.debounce += began - from;
    this.sums.context += started - began;
  }

  /** @param sent - as how many proxies the mean of all that it was sent to counts; the same for who has applied it */
  proxies(push: Entry, sent: number, applied: number): void {
    const { sums, counts } = this;
    if (push.sent > 0) {
      counts.sent += sent;
      for (const stage of ['queue', 'generate', 'send'] as const) {
        sums[stage] += (push[stage] * sent) / push.sent;
      }
    }
    if (push.applied > 0) {
      counts.applied += applied;
      sums.apply += (push.apply * applied) / push.applied;
    }
  }

  means(): Readonly<Record<PushStage, number>> {
    const { sums } = this;
    const { batches, sent, applied } = this.counts;
    const over = (sum: number, count: number) => sum / Math.max(1, count);
    return {
      debounce: over(sums.debounce, batches),
      context: over(sums.context, batches),
      queue: over(sums.queue, sent),
      generate: over(sums.generate, sent),
      send: over(sums.send, sent),
      apply: over(sums.apply, applied),
    };
  }
}

/** One push of one replica, summed up over proxies. */
interface Entry {
  readonly batch: Batch;
  /** Proxies that it was meant for and that have not ended yet; those that were dequeued. */
  outstanding: number;
  dequeued: number;
  /** Proxies that it was sent to, and their times in the queue, in generating, and in Send. [ns] */
  sent: number;
  queue: number;
  generate: number;
  send: number;
  /** Proxies that have applied it, their times from Send, and when the last of them did; −1 for none. [ns] */
  applied: number;
  apply: number;
  appliedAt: number;
}

/** Pushes of one replica, by their number. */
export class PushLedger {
  readonly pushes: Entry[] = [];
  private readonly tally: Tally;

  constructor(tally: Tally) {
    this.tally = tally;
  }

  begin(batch: Batch, proxies: number): void {
    this.tally.fates.meant += proxies;
    this.pushes.push({
      batch,
      outstanding: proxies,
      dequeued: 0,
      sent: 0,
      queue: 0,
      generate: 0,
      send: 0,
      applied: 0,
      apply: 0,
      appliedAt: -1,
    });
  }

  dequeued({ first, last }: Range): void {
    for (let n = first; n <= last; n++) this.pushes[n].dequeued++;
  }

  /** @param since - when it was dequeued; the others are times that it took [ns] */
  sent(
    { first, last }: Range,
    now: number,
    since: number,
    generating: number,
    sending: number,
  ): void {
    for (let n = first; n <= last; n++) {
      const push = this.pushes[n];
      push.sent++;
      push.queue += since - push.batch.started;
      push.generate += generating;
      push.send += sending;
      this.tally.sentConvergence.record(now - push.batch.first);
    }
  }

  /** A proxy has applied pushes `first` to `last`, with a message that was sent at `sent`. */
  applied(first: number, last: number, now: number, sent: number): void {
    const { tally } = this;
    for (let n = first; n <= last; n++) {
      const push = this.pushes[n];
      push.applied++;
      push.apply += now - sent;
      push.appliedAt = now;
      push.outstanding--;
      tally.convergence.record(now - push.batch.first);
      if (n < last) tally.fates.merged++;
      else tally.fates.applied++;
    }
  }

  acknowledged(first: number, last: number, now: number): void {
    for (let n = first; n <= last; n++) {
      this.tally.ackedConvergence.record(now - this.pushes[n].batch.first);
    }
  }

  unneeded({ first, last }: Range): void {
    for (let n = first; n <= last; n++) {
      this.pushes[n].outstanding--;
      this.tally.fates.unneeded++;
    }
  }

  lost(first: number, last: number): void {
    for (let n = first; n <= last; n++) {
      this.pushes[n].outstanding--;
      this.tally.fates.lost++;
    }
  }
}
