#!/usr/bin/env node
// Starts meshsim: the built program if there is one, else its sources.
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  await import('./typescript.js');
  await import(new URL('../src/cli/main.ts', import.meta.url).href);
}
