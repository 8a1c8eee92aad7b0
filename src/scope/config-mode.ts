/** A config mode as a scenario asks for it: its name, and all of its settings, times in ns. */
import type { ConfigModeName, strategies } from './strategies.ts';

export type ConfigMode = {
  [Name in ConfigModeName]: { readonly mode: Name } & SettingsOf<Name>;
}[ConfigModeName];

export type SettingsOf<Name extends ConfigModeName> = Parameters<
  (typeof strategies)[Name]['make']
>[0];
