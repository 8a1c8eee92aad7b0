/** Checks the graph of calls: it must not lead back, nor explode, and whoever is called must be there. */
import { quote } from '../problems.ts';
import { DEFAULT_OPERATION, replicaCount, serviceId, type Topology } from '../topology/topology.ts';
import { answerId, type ExpandedTopology } from './expand-topology.ts';
import type { Report } from './reporter.ts';
import { limits } from './schema/fields.ts';

/** What is below an operation of a service, itself included. */
interface Tree {
  readonly depth: number;
  readonly calls: number;
}
const leaf: Tree = { depth: 1, calls: 1 };
/** Reported already: those above are not to blame again. */
const tooDeep: Tree = { depth: Number.POSITIVE_INFINITY, calls: 1 };

/** @param targets - ids that are called from outside */
export function checkCalls(
  expanded: ExpandedTopology,
  targets: Iterable<string>,
  report: Report,
): void {
  const trees = new Map<string, Tree>();
  const trail: string[] = [];
  const visit = (id: string): Tree => {
    const known = trees.get(id);
    if (known !== undefined) return known;
    trail.push(id);
    let { depth, calls } = leaf;
    for (const { step, path } of expanded.calls.get(id) ?? []) {
      const to = answerId(step.to, step.operation);
      if (trail.includes(to)) {
        const cycle = [...trail.slice(trail.indexOf(to)), to];
        report(path, `calls lead back to where they came from: ${shownTrail(cycle)}`);
        continue;
      }
      // The stack of this function ends here too, however long the chain is.
      const below = trail.length < limits.callDepth ? visit(to) : tooDeep;
      if (below === tooDeep || (below.depth >= limits.callDepth && below.depth < tooDeep.depth)) {
        report(path, `calls are nested deeper than ${limits.callDepth} levels`);
        depth = tooDeep.depth;
      }
      const sum = calls + step.times * below.calls;
      if (
        sum > limits.callsOfRequest &&
        below.calls <= limits.callsOfRequest &&
        calls <= limits.callsOfRequest
      ) {
        report(
          path,
          `one request leads to ${sum} calls up to here; expected at most ${limits.callsOfRequest}`,
        );
      }
      calls = sum;
      depth = Math.max(depth, below.depth + 1);
    }
    trail.pop();
    const tree = { depth, calls };
    trees.set(id, tree);
    return tree;
  };
  for (const id of expanded.calls.keys()) visit(id);
  checkReplicas(expanded, targets, report);
}

/** A service that is called needs a pod at the start. */
function checkReplicas(
  { topology, calls, places }: ExpandedTopology,
  targets: Iterable<string>,
  report: Report,
): void {
  const called = new Set(targets);
  for (const list of calls.values()) for (const { step } of list) called.add(step.to);
  for (const service of servicesOf(topology)) {
    const id = serviceId(service);
    const place = places.get(id);
    if (replicaCount(service) > 0 || !called.has(id) || place === undefined) continue;
    report(
      [...place, 'replicas'],
      `${quote(service.name)} is called but has no replicas at the start; expected at least 1`,
    );
  }
}

function servicesOf({ namespaces }: Topology) {
  return namespaces.flatMap(({ services }) => services);
}

/** Without the namespace where it is the same everywhere; with the operation of services that have more than a script. */
function shownTrail(answers: readonly string[]): string {
  const parts = answers.map((answer) => answer.split(' '));
  const namespaces = new Set(parts.map(([id]) => id.split('/')[0]));
  const names = parts.map(([id, operation]) => {
    const service = namespaces.size === 1 ? id.split('/')[1] : id;
    return operation === DEFAULT_OPERATION ? service : `${service} (${operation})`;
  });
  return quote(names.join(' → '));
}
