/**
 * Steps of one request, one after the other, to nested spans.
 *
 * How long a step took shows when its job does the next one, so a step is looked at twice: what it opens when it
 * comes, what it was when its successor is here. Rows of jobs are used again: a job is new if it has no thread yet.
 */
import type { Network, Step } from '../engine/network.ts';
import type { Span } from '../measure/life.ts';
import { outcomes } from '../measure/replication.ts';
import { meaningOf, type Names, wayOf } from '../model/describe.ts';

/** A job is about to do a step. */
export interface Event {
  readonly at: number;
  readonly job: number;
  readonly step: number;
  /** Of the step's frame. */
  readonly place: number;
  readonly outcome: number;
  readonly salt: number;
}

/** A deadline has passed: the call burns on as one job, and its caller goes on as another. */
export interface Parting {
  readonly at: number;
  readonly call: number;
  readonly caller: number;
  /** Step that opened the call. */
  readonly attempt: number;
}

export interface SpanContext {
  readonly network: Pick<Network, 'steps' | 'purposes'>;
  readonly names: Names;
  /** Where the request comes from. */
  readonly client: number;
  /** The work that a visit asks for. [ns] */
  readonly demandOf: (demand: number, purpose: number, salt: number) => number;
}

type Draft = { -readonly [Key in keyof Span]: Span[Key] };

/** A call, or the service of one, that is not over yet. */
interface Open {
  /** −1 for a part of a call that is no different from the call. */
  readonly span: number;
  readonly kind: 'call' | 'serve';
  /** Whose calls these are: the pod at work, or the client. */
  readonly place: number;
  /** Step that opened it. */
  readonly step: number;
}

/** A job of the request. */
interface Thread {
  readonly open: Open[];
  /** How many of them are not its own to close: those that its parent opened, or that its caller has given up. */
  inherited: number;
  last: Event;
}

export class SpanBuilder {
  private readonly context: SpanContext;
  private readonly spans: Draft[] = [];
  private readonly threads = new Map<number, Thread>();

  constructor(context: SpanContext) {
    this.context = context;
  }

  add(event: Event): void {
    const known = this.threads.get(event.job);
    if (known !== undefined) this.conclude(known, event);
    const thread = known ?? this.begin(event);
    thread.last = event;
    // The newest is last: parents of new jobs are looked for from the end.
    this.threads.delete(event.job);
    if (this.ends(thread, event)) this.endBranch(thread, event);
    else this.threads.set(event.job, thread);
  }

  /** From here on the calls up to the one that timed out are the caller's, those within are the call's. */
  part({ at, call, caller, attempt }: Parting): void {
    const thread = this.threads.get(call);
    if (thread === undefined) throw new Error(`job ${call} does nothing`);
    const own = thread.open.findLastIndex(({ kind, step }) => kind === 'call' && step === attempt);
    const last = { ...thread.last, at, job: caller, step: attempt };
    const { inherited } = thread;
    this.threads.set(caller, { open: thread.open.slice(0, own + 1), inherited, last });
    thread.inherited = own + 1;
  }

  /** What is still going on then, such as work whose caller gave up, is cut off. */
  finish(at: number): readonly Span[] {
    for (const thread of this.threads.values()) {
      while (thread.open.length > thread.inherited) this.close(thread, at, thread.last.outcome);
    }
    return this.spans;
  }

  private stepOf({ step }: Event): Step {
    return this.context.network.steps[step];
  }

  private depthOf(index: number): number {
    const step = this.context.network.steps[index];
    return 'depth' in step ? step.depth : -1;
  }

  private begin(event: Event): Thread {
    const parent = [...this.threads.values()].findLast(({ last }) => {
      const cause = this.stepOf(last);
      return cause.verb === 'fork' && cause.branches.includes(event.step);
    });
    const open = parent === undefined ? [] : [...parent.open];
    const thread = { open, inherited: open.length, last: event };
    if (this.stepOf(event).verb === 'attempt') this.openCall(thread, event);
    return thread;
  }

  private ends(thread: Thread, event: Event): boolean {
    const step = this.stepOf(event);
    if (step.verb === 'join') return true;
    const own = thread.open.length > thread.inherited;
    return step.verb === 'settle' && !own;
  }

  private endBranch(thread: Thread, event: Event): void {
    while (thread.open.length > thread.inherited) this.close(thread, event.at, event.outcome);
  }

  /** The job has gone on from its last step to this one. */
  private conclude(thread: Thread, next: Event): void {
    const { last } = thread;
    const step = this.stepOf(last);
    const isRetry = step.verb === 'settle' && next.step === step.attempt;
    if (step.verb === 'branch' && step.unless === 'up') this.meet(thread, last, next);
    else if (isRetry) this.addSpan(thread, last, next.at, { kind: 'back-off', what: 'back-off' });
    else if (step.verb === 'settle') this.close(thread, last.at, last.outcome);
    else this.addStep(thread, last, step, next.at);
    if (this.stepOf(next).verb === 'attempt' && !isRetry) this.openCall(thread, next);
  }

  private openCall(thread: Thread, event: Event): void {
    const step = this.stepOf(event);
    if (step.verb !== 'attempt') throw new Error(`step ${event.step} is no attempt`);
    const { names, client } = this.context;
    const place = thread.open.at(-1)?.place ?? client;
    const way = names.way(step.tag);
    const open = (facts: Pick<Span, 'kind' | 'what'>) => this.push(thread, event.at, place, facts);
    let span = -1;
    if (way === null) span = open({ kind: 'call', what: names.callee(step.tag) });
    else if (way !== 'direct') span = open({ kind: 'detour', what: way });
    thread.open.push({ span, kind: 'call', place, step: event.step });
  }

  /** The message has come to the pod (of the callee, or of a relay), or goes home from it; or there is none any more. */
  private meet(thread: Thread, last: Event, next: Event): void {
    const top = thread.open.at(-1);
    const isServed = top?.kind === 'serve' && this.depthOf(top.step) === this.depthOf(last.step);
    const isUp = next.step === last.step + 1;
    if (isServed) this.close(thread, last.at, isUp ? last.outcome : next.outcome);
    else if (isUp) {
      const span = this.push(thread, last.at, last.place, { kind: 'serve', what: 'serve' });
      thread.open.push({ span, kind: 'serve', place: last.place, step: last.step });
    }
    if (next.at > last.at)
      this.addSpan(thread, last, next.at, { kind: 'connect', what: 'connect' });
  }

  /** A step that took time. */
  private addStep(thread: Thread, event: Event, step: Step, end: number): void {
    const { network, names, demandOf } = this.context;
    const meaning = meaningOf(step, network.purposes);
    if (end === event.at || meaning === 'other') return;
    const way = wayOf(step, network.purposes);
    const what = way === null ? titleOf(step, meaning, network.purposes) : `${meaning} ${way}`;
    if (step.verb !== 'visit') {
      this.addSpan(thread, event, end, { kind: meaning, what });
      return;
    }
    const asked = demandOf(step.demand, step.purpose, event.salt);
    const waited = Math.max(0, end - event.at - asked);
    const where = names.visited(step.role, event.place);
    this.addSpan(thread, event, end, { kind: meaning, what, where, waited });
  }

  private addSpan(
    thread: Thread,
    event: Event,
    end: number,
    facts: Pick<Span, 'kind' | 'what'> & Partial<Span>,
  ): void {
    // A message under way belongs to whoever waits for the call.
    const isHere = event.place >= 0 && facts.kind !== 'wire';
    const place = isHere ? event.place : (thread.open.at(-1)?.place ?? this.context.client);
    const span = this.push(thread, event.at, place, facts);
    this.spans[span].end = end;
  }

  private push(
    thread: Thread,
    start: number,
    place: number,
    facts: Pick<Span, 'kind' | 'what'> & Partial<Span>,
  ): number {
    const { names } = this.context;
    const parent = thread.open.findLast(({ span }) => span >= 0)?.span ?? -1;
    const span = {
      parent,
      service: names.service(place),
      where: names.pod(place),
      start,
      end: start,
      waited: 0,
      outcome: 'ok',
      ...facts,
    };
    return this.spans.push(span) - 1;
  }

  private close(thread: Thread, at: number, outcome: number): void {
    const top = thread.open.pop();
    if (top === undefined) throw new Error('no call is open');
    if (top.span < 0) return;
    this.spans[top.span].end = at;
    this.spans[top.span].outcome = outcomes[outcome];
  }
}

/** The application's share of receiving a request is told from its own work by its purpose, a dial from a message. */
function titleOf(step: Step, meaning: string, purposes: readonly string[]): string {
  const purpose = 'purpose' in step ? purposes[step.purpose] : '';
  if (step.verb === 'visit' && purpose.endsWith(' handling')) return 'handling';
  return step.verb === 'delay' && / dial( back)?$/.test(purpose) ? 'dial' : meaning;
}
