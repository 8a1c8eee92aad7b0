/** Manifests out of documents: lists taken apart, kinds told apart, each checked for what will be read of it. */
import { type Problem, ProblemsError, quote } from '../../problems.ts';
import { findingsOf } from '../../yaml/issues.ts';
import { problemAt } from '../../yaml/source.ts';
import { grouped } from '../draft.ts';
import { type Foreign, type Notebook, type Place, problemOf } from '../foreign.ts';
import { verdictOf } from './kinds.ts';
import { type Body, type Kind, type Labels, schemas } from './schemas.ts';

export interface Manifest<K extends Kind = Kind> {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly body: Body<K>;
  readonly place: Place;
}

/** By kind, in the order of the files. */
export type Manifests = { readonly [K in Kind]: readonly Manifest<K>[] };

/** What kubectl takes where a manifest names none. */
export const DEFAULT_NAMESPACE = 'default';
const clusterScoped: ReadonlySet<string> = new Set(['Namespace', 'Node']);

/** @throws ProblemsError with all that is wrong */
export function collect(documents: readonly Foreign[], notes: Notebook): Manifests {
  const problems: Problem[] = [];
  const read = new Map<string, { readonly kind: Kind; readonly manifest: Manifest }>();
  const harmless: Item[] = [];
  for (const item of documents.flatMap((document) => items(document, problems))) {
    const { id } = item;
    if (!isKind(id)) {
      const verdict = verdictOf(id);
      if (verdict === null) harmless.push(item);
      else noteOther(item, verdict, notes);
      continue;
    }
    const manifest = check(item, id, problems);
    if (manifest === null) continue;
    const key = `${id} ${manifest.namespace}/${manifest.name}`;
    if (read.has(key)) noteTwice(item, manifest, notes);
    // Applied after the other, it takes its place.
    read.set(key, { kind: id, manifest });
  }
  if (problems.length > 0) throw new ProblemsError(problems);
  noteHarmless(harmless, notes);
  const kinds = Object.keys(schemas).map((kind) => {
    const own = [...read.values()].filter((one) => one.kind === kind);
    return [kind, own.map(({ manifest }) => manifest)];
  });
  return Object.fromEntries(kinds);
}

interface Item {
  /** Group and kind. */
  readonly id: string;
  readonly kind: string;
  readonly value: unknown;
  readonly place: Place;
}

/** A document is one manifest, or a list of them such as `kubectl get … -o yaml` prints. */
function items({ source, value }: Foreign, problems: Problem[]): readonly Item[] {
  const one = (value: unknown, place: Place, inherited: Identity | null): readonly Item[] => {
    const identity = identityOf(value) ?? inherited;
    if (identity === null) {
      const message = 'this is no manifest; expected a map with "apiVersion" and "kind"';
      problems.push(problemOf(place, message));
      return [];
    }
    const { apiVersion, kind } = identity;
    if (kind.endsWith('List') && isRecord(value) && Array.isArray(value['items'])) {
      // Of a list of one kind the members need not say what they are.
      const member = kind === 'List' ? null : { apiVersion, kind: kind.slice(0, -'List'.length) };
      return value['items'].flatMap((item, i) =>
        one(item, { source, path: [...place.path, 'items', i] }, member),
      );
    }
    return [{ id: idOf(identity), kind, value, place }];
  };
  return one(value, { source, path: [] }, null);
}

interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
}

export function identityOf(value: unknown): Identity | null {
  if (!isRecord(value)) return null;
  const { apiVersion, kind } = value;
  return typeof apiVersion === 'string' && typeof kind === 'string' ? { apiVersion, kind } : null;
}

/** `apps/v1 Deployment` is `apps/Deployment`; the version makes no difference to what is read. */
function idOf({ apiVersion, kind }: Identity): string {
  const [group, version] = apiVersion.split('/');
  if (version === undefined) return kind;
  return `${group === 'extensions' && kind !== 'Ingress' ? 'apps' : group}/${kind}`;
}

function check({ value, place, id }: Item, kind: Kind, problems: Problem[]): Manifest | null {
  const parsed = schemas[kind].safeParse(value, { reportInput: true });
  if (!parsed.success) {
    const findings = findingsOf(parsed.error.issues, place.path);
    problems.push(...findings.map((finding) => problemAt(place.source, finding)));
    return null;
  }
  const { metadata } = parsed.data;
  const { name, labels, annotations } = metadata;
  const namespace = clusterScoped.has(id) ? '' : (metadata.namespace ?? DEFAULT_NAMESPACE);
  return { name, namespace, labels, annotations, body: parsed.data, place };
}

function noteOther({ id, kind, value, place }: Item, verdict: string, notes: Notebook): void {
  const apiVersion = identityOf(value)?.apiVersion;
  const shown = apiVersion === undefined ? quote(kind) : `${quote(kind)} (${apiVersion})`;
  notes.count(place, id, (count) => `${count} of kind ${shown}: ${verdict}`);
}

function noteHarmless(items: readonly Item[], notes: Notebook): void {
  if (items.length === 0) return;
  const counts = [...grouped(items, ({ kind }) => kind)].map(
    ([kind, members]) => `${members.length} of kind ${quote(kind)}`,
  );
  const message = `left out, as they change nothing that is simulated: ${counts.join(', ')}`;
  notes.say(items[0].place, message);
}

function noteTwice({ kind, place }: Item, { namespace, name }: Manifest, notes: Notebook): void {
  const owner = quote(namespace === '' ? name : `${namespace}/${name}`);
  notes.count(place, 'twice', (count) =>
    count === 1
      ? `the ${kind} ${owner} is there a second time, and counts as it is here`
      : `${count} manifests are there a second time, the first of them the ${kind} ${owner}, and count as they are there`,
  );
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function isKind(id: string): id is Kind {
  return Object.hasOwn(schemas, id);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
