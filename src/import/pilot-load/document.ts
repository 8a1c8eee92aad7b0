/** Where the configuration is: a document of its own, or the text that its ConfigMap holds. */
import { isScalar, Scalar } from 'yaml';
import { readYaml, type YamlSource } from '../../yaml/source.ts';

/** Key of the ConfigMap that pilot-load mounts. */
const KEY = 'config.yaml';

export function isConfiguration(value: unknown): boolean {
  return hasNamespaces(value) || textIn(value) !== null;
}

/**
 * The configuration that a document is or holds. Places in it are places in the file.
 *
 * @throws ProblemsError if the text in a ConfigMap is no YAML
 */
export function configurationIn(source: YamlSource, value: unknown): YamlSource {
  const text = textIn(value);
  if (text === null) return source;
  const wanted = 'a configuration of pilot-load';
  return readYaml({ file: source.file, text: inPlace(source) ?? text }, wanted);
}

function hasNamespaces(value: unknown): boolean {
  if (!isRecord(value) || 'topology' in value || 'apiVersion' in value) return false;
  return Array.isArray(value['namespaces']);
}

function textIn(value: unknown): string | null {
  if (!isRecord(value) || value['kind'] !== 'ConfigMap' || !isRecord(value['data'])) return null;
  const text = value['data'][KEY];
  return typeof text === 'string' && /^namespaces:/m.test(text) ? text : null;
}

/** The lines of a block, below as many empty ones as stand above it: indented as a whole, they still are YAML. */
function inPlace({ document, text }: YamlSource): string | null {
  const node = document.getIn(['data', KEY], true);
  if (!isScalar(node) || node.type !== Scalar.BLOCK_LITERAL || !node.range) return null;
  const first = text.indexOf('\n', node.range[0]) + 1;
  return text.slice(0, first).replace(/[^\n]/g, '') + text.slice(first, node.range[1]);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
