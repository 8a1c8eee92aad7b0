/** What is wrong with services as they are written, however often a template places them. */
import { quote } from '../problems.ts';
import type { Path } from '../yaml/finding.ts';
import { didYouMean } from '../yaml/suggest.ts';
import type { Report } from './reporter.ts';
import type { OperationDraft, ServiceDraft, VersionDraft } from './schema.ts';

/** @param path - of the list */
export function checkServices(
  services: readonly ServiceDraft[],
  { path, hostCores, report }: { path: Path; hostCores: number; report: Report },
): void {
  checkDistinct(services, path, (name) => `${name} is the name of two services`, report);
  services.forEach((service, i) => {
    const at = [...path, i];
    checkLimits(service, at, hostCores, report);
    checkPorts(service, at, report);
    checkAnswers(service, at, report);
    if (service.versions !== undefined) checkVersions(service, service.versions, at, report);
  });
}

function checkLimits(
  { cores, queueMax, threads }: ServiceDraft,
  path: Path,
  hostCores: number,
  report: Report,
): void {
  if (cores !== undefined && cores > hostCores) {
    report([...path, 'cores'], `"${cores}" cores are more than the "${hostCores}" of a host`);
  }
  if (queueMax !== null && threads === null) {
    report(
      [...path, 'queueMax'],
      'a bound on those who wait for a thread; expected "threads" beside it',
    );
  }
}

/** One port by its fields, or all of them as a list. */
function checkPorts(service: ServiceDraft, path: Path, report: Report): void {
  const { name, ports } = service;
  if (ports === undefined) return;
  for (const field of ['port', 'protocol', 'autoDetect'] as const) {
    if (service[field] === undefined) continue;
    report([...path, field], `found ${quote(field)} beside "ports"; expected it in one of them`);
  }
  const seen = new Set<number>();
  ports.forEach(({ port }, p) => {
    if (seen.has(port)) {
      const message = `"${port}" is the number of two ports of ${quote(name)}`;
      report([...path, 'ports', p, 'port'], message);
    }
    seen.add(port);
  });
}

/** A service answers by its script and response, or by its operations, or its versions do so. */
function checkAnswers(service: ServiceDraft, path: Path, report: Report): void {
  const { name, versions, operations, response } = service;
  if (versions !== undefined) {
    for (const field of ['replicas', 'script', 'operations'] as const) {
      if (service[field] === undefined) continue;
      const message = `found ${quote(field)} beside "versions"; expected it in each version`;
      report([...path, field], message);
    }
  }
  checkOperations(service, path, name, report);
  versions?.forEach((version, v) => {
    checkOperations(version, [...path, 'versions', v], `${name} ${version.name}`, report);
  });
  const hasOperations = [service, ...(versions ?? [])].some((part) => part.operations);
  if (response === undefined || !hasOperations) return;
  const where = operations === undefined ? 'above versions with' : 'beside';
  report(
    [...path, 'response'],
    `found "response" ${where} "operations"; expected it in each operation`,
  );
}

/** Of a service or of one of its versions. */
function checkOperations(
  { script, operations }: Answers,
  path: Path,
  owner: string,
  report: Report,
): void {
  if (operations === undefined) return;
  if (script !== undefined) {
    const message = 'found "script" beside "operations"; expected it in each operation';
    report([...path, 'script'], message);
  }
  const twice = (name: string) => `${name} is the name of two operations of ${quote(owner)}`;
  checkDistinct(operations, [...path, 'operations'], twice, report);
}

interface Answers {
  readonly script?: unknown;
  readonly operations?: readonly OperationDraft[] | undefined;
}

function checkVersions(
  { name }: ServiceDraft,
  versions: readonly VersionDraft[],
  path: Path,
  report: Report,
): void {
  const twice = (version: string) => `${version} is the name of two versions of ${quote(name)}`;
  checkDistinct(versions, [...path, 'versions'], twice, report);
  versions.forEach((version, v) => {
    if (v > 0) checkSameOperations(version, versions[0], [...path, 'versions', v], report);
  });
}

/** A request may meet any version, so that all must know what is asked. */
function checkSameOperations(
  { name, operations }: VersionDraft,
  first: VersionDraft,
  path: Path,
  report: Report,
): void {
  const [own, other] = [operations, first.operations].map((list) => list?.map((one) => one.name));
  const [version, model] = [quote(name), quote(first.name)];
  if (own === undefined || other === undefined) {
    if (own === other) return;
    const [has, lacks] = own === undefined ? [model, version] : [version, model];
    report(
      path,
      `${has} has operations, but ${lacks} has none; expected all versions to have them`,
    );
    return;
  }
  const strange = own.filter((operation) => !other.includes(operation));
  for (const operation of strange) {
    const message = `${model} has no operation ${quote(operation)}; expected the same in all versions`;
    const place = [...path, 'operations', own.indexOf(operation), 'name'];
    report(place, message, didYouMean(operation, other));
  }
  // A misspelt one is not missing a second time.
  if (strange.length > 0) return;
  for (const missing of other.filter((operation) => !own.includes(operation))) {
    const message = `${version} has no operation ${quote(missing)}, but ${model} has`;
    report([...path, 'operations'], message);
  }
}

/** @param message - of a name in quotes that stands there a second time */
function checkDistinct(
  list: readonly { readonly name: string }[],
  path: Path,
  message: (name: string) => string,
  report: Report,
): void {
  const seen = new Set<string>();
  list.forEach(({ name }, i) => {
    if (seen.has(name)) report([...path, i, 'name'], message(quote(name)));
    seen.add(name);
  });
}
