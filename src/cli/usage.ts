/** What commander says about wrong arguments, in the words and the style of our own messages. */
import { quote } from '../problems.ts';
import { listed } from '../yaml/suggest.ts';

export function noCommand(name: string, meant: string | null): string {
  const help = meant === null ? '' : `; did you mean ${quote(meant)}?`;
  return `there is no command ${quote(name)}${help}`;
}

/** Each message of commander that a user can meet, and ours. What they quote may hold quotes itself. */
const messages: readonly (readonly [RegExp, (...parts: readonly string[]) => string])[] = [
  [/^unknown command '(.*)'$/s, (name) => noCommand(name, null)],
  [/^unknown option '(.*)'$/s, (name) => `there is no option ${quote(name)}`],
  [/^missing required argument '(.*)'$/s, (name) => `the argument ${quote(name)} is missing`],
  [/^option '(.*)' argument missing$/s, (option) => `option ${quote(option)} needs a value`],
  [
    /^option '(.*?)' argument '(.*)' is invalid\. (.*)$/s,
    (option, value, why) => `option ${quote(option)}: ${quote(value)} is invalid; ${expected(why)}`,
  ],
  [
    /^command-argument value '(.*)' is invalid for argument '(.*?)'\. (.*)$/s,
    (value, name, why) => `argument ${quote(name)}: ${quote(value)} is invalid; ${expected(why)}`,
  ],
  [
    /^too many arguments for '(.*)'\. Expected (\d+) .* but got (\d+)\.$/s,
    (command, most, got) =>
      `too many arguments for ${quote(command)}: expected ${most}, got ${got}`,
  ],
];

/** @param text - as commander would print it, such as `error: unknown option '--sed'\n(Did you mean --seed?)` */
export function restyle(text: string): string {
  const [, said, hint] = /^(?:error: )?(.*?)(?:\n\(Did you mean (.*)\?\))?\n?$/s.exec(text) ?? [];
  return `${restyled(said ?? text)}${hint === undefined ? '' : `; did you mean ${suggested(hint)}?`}`;
}

function restyled(said: string): string {
  for (const [pattern, ours] of messages) {
    const match = pattern.exec(said);
    if (match !== null) return ours(...match.slice(1));
  }
  return lower(said);
}

/** `Allowed choices are table, json.`, or what a check of ours said. */
function expected(why: string): string {
  const [, choices] = /^Allowed choices are (.*)\.$/s.exec(why) ?? [];
  return choices === undefined ? lower(why) : `expected ${listed(choices.split(', '))}`;
}

/** `run`, or `one of run, help`. */
function suggested(hint: string): string {
  return listed(hint.replace(/^one of /, '').split(', '));
}

function lower(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/\.$/, '');
}
