#!/usr/bin/env node
// Starts meshsim: the built program if there is one, else its sources.
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

// Lets V8 inline more into the engine's loop, here and in worker threads: about a tenth faster (bench/README.md).
setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
setFlagsFromString('--max-inlined-bytecode-size=1000');

const built = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  await import('./typescript.js');
  await import(new URL('../src/cli/main.ts', import.meta.url).href);
}
