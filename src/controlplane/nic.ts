/** istiod's network interface: the bytes of all connections share its bandwidth (exact processor sharing). */
import { Sharing } from '../engine/sharing.ts';
import type { World } from './world.ts';

export class Nic {
  private readonly world: World;
  private readonly perByte: number;
  private readonly sent: (message: number) => void;
  private readonly line = new Sharing(1);
  private due = Number.POSITIVE_INFINITY;
  private readonly handler: number;

  /**
   * @param bandwidth - in bit/s
   * @param sent - called when the last byte of a message is out
   */
  constructor(world: World, bandwidth: number, sent: (message: number) => void) {
    this.world = world;
    this.perByte = 8e9 / bandwidth;
    this.sent = sent;
    this.handler = world.register((now) => this.onDue(now));
  }

  send(message: number, bytes: number): void {
    this.line.arrive(this.world.now, message, bytes * this.perByte);
    this.arm();
  }

  private onDue(now: number): void {
    if (now !== this.due) return;
    this.due = Number.POSITIVE_INFINITY;
    const message = this.line.depart(now);
    if (message >= 0) this.sent(message);
    this.arm();
  }

  private arm(): void {
    const due = this.line.nextDeparture(this.world.now);
    if (due >= this.due) return;
    this.due = due;
    this.world.schedule(due, this.handler, 0);
  }
}
