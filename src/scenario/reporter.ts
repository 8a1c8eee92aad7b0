/** Collects findings while a scenario is expanded. */
import { type Finding, type Path, renderPath } from '../yaml/finding.ts';

export type Report = (path: Path, message: string, help?: string, at?: Finding['at']) => void;

/** What a template says wrong is reported once, not for each namespace that it is placed in: the first at a path counts. */
export function reporter(): { readonly report: Report; readonly findings: readonly Finding[] } {
  const findings = new Map<string, Finding>();
  const report: Report = (path, message, help = '', at = 'value') => {
    const key = renderPath(path);
    if (!findings.has(key)) findings.set(key, { path, at, message, help });
  };
  return {
    report,
    get findings() {
      return [...findings.values()];
    },
  };
}
