/** Expands scripts: callees and what is asked of them are found by name. */
import type { CallStep, ScriptStep } from '../topology/topology.ts';
import type { Path } from '../yaml/finding.ts';
import { type Catalog, findCallee, findOperation } from './names.ts';
import type { Report } from './reporter.ts';
import type { CallDraft, StepDraft } from './schema.ts';

/** A call of a script, and where it is written. */
export interface WrittenCall {
  readonly step: CallStep;
  readonly path: Path;
}

/** What a script is expanded in. */
export interface ScriptContext {
  readonly catalog: Catalog;
  readonly namespace: string;
  /** Filled with the calls that are found. */
  readonly calls: WrittenCall[];
  readonly report: Report;
}

export function expandScript(
  steps: readonly StepDraft[],
  path: Path,
  context: ScriptContext,
): readonly ScriptStep[] {
  return steps.flatMap((step, i) => expandStep(step, [...path, i], context));
}

/** A call of what does not exist is reported and left out. */
function expandStep(
  { work, sleep, call, parallel }: StepDraft,
  path: Path,
  context: ScriptContext,
): readonly ScriptStep[] {
  if (work !== undefined) return [{ kind: 'work', time: work }];
  if (sleep !== undefined) return [{ kind: 'sleep', time: sleep }];
  if (call !== undefined) return expandCall(call, [...path, 'call'], context);
  const branches = (parallel ?? []).map((branch, i) => {
    const at = [...path, 'parallel', i];
    return isList(branch) ? expandScript(branch, at, context) : expandStep(branch, at, context);
  });
  return [{ kind: 'parallel', branches }];
}

function expandCall(
  { service, operation: asked, ...rest }: CallDraft,
  path: Path,
  context: ScriptContext,
): readonly CallStep[] {
  const { catalog, namespace, report } = context;
  const callee = findCallee(catalog, namespace, service);
  if ('message' in callee) {
    report([...path, 'service'], callee.message, callee.help);
    return [];
  }
  const [to] = callee.ids;
  const found = findOperation(catalog, to, asked);
  if ('message' in found) {
    report([...path, 'operation'], found.message, found.help);
    return [];
  }
  const step: CallStep = { kind: 'call', to, operation: found.operation, ...rest };
  context.calls.push({ step, path: [...path, 'service'] });
  return [step];
}

function isList(branch: StepDraft | readonly StepDraft[]): branch is readonly StepDraft[] {
  return Array.isArray(branch);
}
