/** Where a queue is: `redis://host:6379/queue`, as the command line has it. */
import { quote } from '../../problems.ts';

export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  /** Of the server, from 0 on. */
  readonly database: number;
  readonly user: string | null;
  readonly password: string | null;
  readonly tls: boolean;
  readonly queue: string;
  /** For messages: without the password. */
  readonly shown: string;
}

const FORM = 'redis://[user:password@]host[:port][/queue][?db=n]';
const DEFAULT_QUEUE = 'meshsim';
const DEFAULT_PORT = 6379;

export function isQueueAddress(text: string): boolean {
  return /^rediss?:/.test(text);
}

/** @throws RangeError that says what is wrong with it, and never shows a password */
export function parseQueueAddress(text: string): QueueAddress {
  const url = URL.canParse(text) && isQueueAddress(text) ? new URL(text) : null;
  if (url === null || url.hostname === '') {
    throw new RangeError(`${quote(withoutPassword(text))} is no queue; expected ${FORM}`);
  }
  const queue = url.pathname.slice(1) || DEFAULT_QUEUE;
  if (!/^[A-Za-z][\w.-]{0,59}$/.test(queue)) {
    throw new RangeError(
      `${quote(queue)} is no name of a queue; expected a letter, then letters, digits, "_", "." or "-"`,
    );
  }
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    database: databaseOf(url.searchParams),
    user: url.username === '' ? null : decoded(url.username),
    password: url.password === '' ? null : decoded(url.password),
    tls: url.protocol === 'rediss:',
    queue,
    shown: `${url.protocol}//${url.hostname}:${port}/${queue}`,
  };
}

function databaseOf(parameters: URLSearchParams): number {
  const unknown = [...parameters.keys()].find((key) => key !== 'db');
  if (unknown !== undefined) {
    throw new RangeError(`a queue has no parameter ${quote(unknown)}; expected ${FORM}`);
  }
  const text = parameters.get('db') ?? '0';
  if (!/^\d{1,5}$/.test(text)) {
    throw new RangeError(`db: ${quote(text)} is no database; expected a whole number, such as 0`);
  }
  return Number(text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RangeError(
      'the user or password of the queue has a "%" that is no escape; write %25',
    );
  }
}

function withoutPassword(text: string): string {
  return text.replace(/\/\/.*@/, '//…@');
}
