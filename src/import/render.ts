/** A draft as the YAML that a user would have written, with what was noted above it. */
import { Document, isMap, isPair, isScalar, isSeq, visit, type YAMLMap } from 'yaml';
import type { ScenarioDraft } from './draft.ts';
import { type Note, renderNote } from './foreign.ts';

/** Columns of a map or list that stands on one line. */
const WIDTH = 120;

export interface Provenance {
  /** What the files are, such as `manifests of Kubernetes and Istio`. */
  readonly title: string;
  readonly files: readonly string[];
  readonly notes: readonly Note[];
}

export function renderDraft(draft: ScenarioDraft, provenance: Provenance): string {
  const document = new Document(draft, { aliasDuplicateObjects: false });
  visit(document, {
    Collection(_, node, ancestors) {
      const isSection = ancestors.length < 4;
      if (isSection || hasServices(node) || areServices(node)) return undefined;
      // Levels are lists and maps, and what is between them and their values.
      if (widthOf(node) + ancestors.length > WIDTH) return undefined;
      node.flow = true;
      return visit.SKIP;
    },
  });
  const load = isMap(document.contents)
    ? document.contents.items.find(({ key }) => isScalar(key) && key.value === 'load')
    : undefined;
  if (isPair(load) && isScalar(load.key)) load.key.commentBefore = withoutLoad(draft);
  return `${heading(provenance)}\n${document.toString({ lineWidth: 0 })}`;
}

/** A namespace or a list of them, however short: services stand below each other. */
function hasServices(node: unknown): boolean {
  if (isSeq(node)) return node.items.some(hasServices);
  return isMap(node) && areServices(node.get('services'));
}

function areServices(node: unknown): boolean {
  return (
    isSeq(node) && node.items.some((item) => isMap(item) && item.has('name') && hasPorts(item))
  );
}

function hasPorts(map: YAMLMap): boolean {
  return map.has('port') || map.has('ports');
}

/** Of its text on one line: that of JSON, with blanks and without most quotes. */
function widthOf(node: unknown): number {
  const json = JSON.stringify(node);
  const marks = (pattern: RegExp) => json.match(pattern)?.length ?? 0;
  return json.length - marks(/"/g) + 2 * marks(/[[{]/g) + marks(/[,:]/g);
}

function heading({ title, files, notes }: Provenance): string {
  const lines = [
    ' yaml-language-server: $schema=./scenario.schema.json',
    ` Imported by meshsim: ${title}, ${files.join(', ')}.`,
    ...(notes.length === 0 ? [] : ['', ' What was not taken over, or had to be assumed:']),
    ...notes.map((note) => ` - ${renderNote(note).replace(': note:', ':')}`),
  ];
  return lines.map((line) => `#${line}`).join('\n');
}

/** How the reader gets a load: foreign files know of none. */
function withoutLoad({ topology: { namespaces } }: ScenarioDraft): string {
  const all = namespaces.flatMap(({ name, count, services }) =>
    services.map((service) => ({
      id: `${count === undefined ? name : `${name}-1`}/${service.name}`,
      ...service,
    })),
  );
  const [first] = [...all.filter(({ replicas }) => replicas !== 0), ...all];
  return [
    ' No requests, so that only the control plane is simulated. A load is added as, for example,',
    `   - { to: ${first.id}, rate: 100/s }`,
    ' and what a service does for a request, its calls among it, as a field of the service:',
    '   script: [{ work: 1ms }, { call: another }]',
  ].join('\n');
}
