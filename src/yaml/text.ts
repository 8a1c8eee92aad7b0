/** YAML text to a document or several, or what is wrong with the text: syntax, nesting, aliases, tags. */
import {
  type Alias,
  type Document,
  type DocumentOptions,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  type ParseOptions,
  Parser,
  parseAllDocuments,
  parseDocument,
  type SchemaOptions,
  visit,
  type YAMLError,
} from 'yaml';
import { quote } from '../problems.ts';

/** A fault of the text: what, from where, how long. Offsets count UTF-16 units from 0. */
export interface Fault {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}

export interface Parsed {
  readonly document: Document;
  readonly lines: LineCounter;
  /** If there are any, the document should not be used. */
  readonly faults: readonly Fault[];
}

/** Of a text that may hold several documents, set apart by `---`. */
export interface ParsedStream extends Omit<Parsed, 'document'> {
  readonly documents: readonly Document[];
}

/** Levels of lists and maps. What users write needs about ten; the parser itself would run out of stack near 2000. */
const DEPTH_MAX = 64;
/** How often aliases may be followed, multiplied over nested ones: the defence against YAML bombs. */
export const ALIASES_MAX = 1000;

export function parseYaml(text: string): Parsed {
  const { documents, lines, faults } = parse(text, (options) => [parseDocument(text, options)]);
  return { document: documents[0] ?? parseDocument(''), lines, faults };
}

/** Without those documents that hold nothing. */
export function parseYamlStream(text: string): ParsedStream {
  return parse(text, (options) => {
    const documents: readonly Document[] = [...parseAllDocuments(text, options)];
    return documents.filter(({ contents }) => contents !== null && !isNothing(contents));
  });
}

/** As comments alone are, before a `---`. */
function isNothing(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

type Options = ParseOptions & DocumentOptions & SchemaOptions;

function parse(text: string, read: (options: Options) => readonly Document[]): ParsedStream {
  const lines = new LineCounter();
  const unreadable = binary(text) ?? tooDeep(text);
  if (unreadable !== null) {
    lines.addNewLine(0);
    for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
    return { documents: [], lines, faults: [unreadable] };
  }
  const documents = read({
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: 'error',
    // `!!binary`, `!!set` and their like are no part of the language.
    resolveKnownTags: false,
  });
  const faults = documents.flatMap((document) => faultsOf(document, text));
  return { documents, lines, faults: faults.map((fault) => withinLine(fault, text)) };
}

function faultsOf(document: Document, text: string): readonly Fault[] {
  const faults = [...withoutEchoes(document.errors), ...document.warnings].map((error) =>
    syntaxFault(error, text),
  );
  if (faults.length === 0) faults.push(...keyFaults(document));
  if (faults.length === 0) faults.push(...aliasFaults(document));
  return faults;
}

/** Where the parser has lost the thread it does not understand what follows either: one mistake, told once. */
function withoutEchoes(errors: readonly YAMLError[]): readonly YAMLError[] {
  const lost = errors.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN');
  return lost < 0 ? errors : errors.slice(0, lost + 1);
}

function withinLine({ offset, length, message }: Fault, text: string): Fault {
  const [line] = text.slice(offset, offset + length).split(/[\r\n]/, 1);
  return { offset, length: Math.max(1, line.length), message };
}

/** The parser's words, except where they are for programmers. */
function syntaxFault({ code, message, pos: [offset, end] }: YAMLError, text: string): Fault {
  const length = Math.max(1, end - offset);
  if (code === 'DUPLICATE_KEY') return duplicate(text, offset);
  if (code === 'MULTIPLE_DOCS') {
    return { offset, length, message: 'a second document starts here; expected one' };
  }
  if (code === 'TAG_RESOLVE_FAILED') {
    return { offset, length, message: `tag ${quote(text.slice(offset, end))} does not fit here` };
  }
  const lowerCased = message.charAt(0).toLowerCase() + message.slice(1);
  return { offset, length, message: lowerCased.replace(/\.$/, '') };
}

/** Keys that are no text, and the one that JavaScript takes for something else. */
function keyFaults(document: Document): readonly Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && key.value !== null && key.value !== '__proto__') return;
      const [offset, end] = spanOf(key) ?? spanOf(value) ?? [0, 0];
      const message = isScalar(key)
        ? `${quote(key.value ?? '')} is no key`
        : 'this is no key; expected text';
      faults.push({ offset, length: end - offset, message });
    },
  });
  return faults;
}

function spanOf(node: unknown): readonly [number, number] | null {
  if (!isNode(node) || !node.range || node.range[0] === node.range[1]) return null;
  return [node.range[0], node.range[1]];
}

function binary(text: string): Fault | null {
  const at = text.search(/[\0\ufffd]/);
  return at < 0 ? null : { offset: at, length: 0, message: 'this is no text; expected YAML' };
}

/** Counts levels with the push parser, which needs no stack of its own. */
function tooDeep(text: string): Fault | null {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    const offset = parser.offset;
    // Whole documents are of no interest here.
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > DEPTH_MAX + 2) {
      return {
        offset,
        length: 1,
        message: `lists and maps are nested deeper than ${DEPTH_MAX} levels`,
      };
    }
  }
  return null;
}

function duplicate(text: string, offset: number): Fault {
  const [key] = /^[^\s:]+/.exec(text.slice(offset, offset + 200)) ?? [' '];
  return { offset, length: key.length, message: `${quote(key)} stands twice in this map` };
}

/** Aliases without an anchor, aliases of what they stand in, and too many of them. */
function aliasFaults(document: Document): readonly Fault[] {
  const faults: Fault[] = [];
  let last: Alias | null = null;
  visit(document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document);
      if (target === undefined) {
        faults.push(
          aliasFault(alias, `there is no anchor ${quote(`&${alias.source}`)} above this`),
        );
      } else if (ancestors.includes(target)) {
        faults.push(aliasFault(alias, `${quote(`*${alias.source}`)} stands for what it stands in`));
      }
      last = alias;
    },
  });
  if (faults.length > 0 || last === null) return faults;
  try {
    document.toJS({ maxAliasCount: ALIASES_MAX });
    return [];
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = `aliases are nested so that they stand for more than ${ALIASES_MAX} values`;
    return [aliasFault(last, message)];
  }
}

function aliasFault({ range, source }: Alias, message: string): Fault {
  return { offset: range?.[0] ?? 0, length: source.length + 1, message };
}
