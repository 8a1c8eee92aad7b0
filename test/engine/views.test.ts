/** Goal: a viewer sees of each group what it last applied. Method: a model that copies every list to every viewer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Views } from '../../src/engine/views.ts';

fc.configureGlobal({ seed: 1 });

const GROUPS = 4;
const VIEWERS = 3;

/** history[group][version] = members; known[viewer][group] = version. */
class Model {
  private readonly history: (readonly number[])[][];
  private readonly known = Array.from({ length: VIEWERS }, () => new Array<number>(GROUPS).fill(0));

  constructor(groups: readonly (readonly number[])[]) {
    this.history = groups.map((members) => [members]);
  }

  publish(group: number, members: readonly number[]): void {
    this.history.forEach((lists, g) => {
      lists.push(g === group ? members : lists[lists.length - 1]);
    });
  }

  apply(viewer: number, version: number): void {
    for (let group = 0; group < GROUPS; group++) this.applyGroup(viewer, group, version);
  }

  applyGroup(viewer: number, group: number, version: number): void {
    this.known[viewer][group] = Math.max(this.known[viewer][group], version);
  }

  membersFor(group: number, viewer: number): readonly number[] {
    return this.history[group][this.known[viewer][group]];
  }
}

const group = fc.nat({ max: GROUPS - 1 });
const viewer = fc.nat({ max: VIEWERS - 1 });
const members = fc.array(fc.nat({ max: 10_000 }), { maxLength: 60 });
/** How many versions behind the newest one. */
const lag = fc.nat({ max: 6 });
const action = fc.oneof(
  fc.record({ kind: fc.constant('publish' as const), group, members }),
  fc.record({ kind: fc.constant('apply' as const), viewer, lag }),
  fc.record({ kind: fc.constant('applyGroup' as const), viewer, group, lag }),
);

const history = fc.array(action, { minLength: 20, maxLength: 80, size: 'max' });

describe('Views', () => {
  it('shows every viewer what a model with a copy for each shows', () => {
    fc.assert(
      fc.property(
        fc.array(members, { minLength: GROUPS, maxLength: GROUPS }),
        history,
        (groups, actions) => {
          const views = new Views(groups, VIEWERS);
          const model = new Model(groups);
          for (const step of actions) {
            if (step.kind === 'publish') {
              model.publish(step.group, step.members);
              expect(views.publish(step.group, step.members)).toBe(views.version);
            } else {
              const version = Math.max(0, views.version - step.lag);
              if (step.kind === 'apply') {
                views.apply(step.viewer, version);
                model.apply(step.viewer, version);
              } else {
                views.applyGroup(step.viewer, step.group, version);
                model.applyGroup(step.viewer, step.group, version);
              }
            }
            for (let g = 0; g < GROUPS; g++) {
              for (let v = 0; v < VIEWERS; v++)
                expect(views.membersFor(g, v)).toEqual(model.membersFor(g, v));
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('hides a new member until the viewer applies the version that brought it', () => {
    const views = new Views([[1, 2]], 2);
    const version = views.publish(0, [1, 2, 3]);
    expect(views.membersFor(0, 0)).toEqual([1, 2]);
    views.apply(0, version);
    expect([views.membersFor(0, 0), views.membersFor(0, 1)]).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
    expect([views.appliedVersion(0), views.appliedVersion(1)]).toEqual([version, 0]);
  });

  it('keeps what a viewer knows better about one group when it applies an older version of all', () => {
    const views = new Views([[1], [2]], 1);
    const first = views.publish(1, [20]);
    views.applyGroup(0, 0, views.publish(0, [10]));
    views.apply(0, first);
    expect([views.membersFor(0, 0), views.membersFor(1, 0)]).toEqual([[10], [20]]);
  });

  it('says where a list lies, and how long it is', () => {
    const views = new Views([[4, 5], [6]], 1);
    const list = views.listFor(1, 0);
    expect([views.countOf(list), views.places[views.startOf(list)]]).toEqual([1, 6]);
  });
});
