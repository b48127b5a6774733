/// <reference types="vite/client" />
/** The source files whose doc comments the pages show, found by the definition that they export. */
import { docBlocks, type Block } from '../words/doc.ts';

type Modules = Record<string, Record<string, unknown>>;
type Texts = Record<string, string>;

// The options of a glob have to be written out where it stands.
const taskModules: Modules = import.meta.glob(
  ['../../../../generators/standard/*/*.ts', '../../../../generators/controlled/*/*.ts'],
  { eager: true },
);
const taskTexts: Texts = import.meta.glob(
  ['../../../../generators/standard/*/*.ts', '../../../../generators/controlled/*/*.ts'],
  { query: '?raw', import: 'default', eager: true },
);
const modelModules: Modules = import.meta.glob('../../../../models/mixers/*.ts', { eager: true });
const modelTexts: Texts = import.meta.glob('../../../../models/mixers/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export interface Source {
  /** From the root of the repository. */
  file: string;
  blocks: Block[];
}

/** The file that defines a task; null for a task of another version. */
export function taskSource(name: string): Source | null {
  return sourceOf(taskModules, taskTexts, name, 'tiers');
}

/** The file that defines a model; null for one that is not part of this package. */
export function modelSource(name: string): Source | null {
  return sourceOf(modelModules, modelTexts, name, 'create');
}

/** @param mark field that a definition has, besides its name */
function sourceOf(modules: Modules, texts: Texts, name: string, mark: string): Source | null {
  const isDefinition = (value: unknown) =>
    typeof value === 'object' &&
    value !== null &&
    mark in value &&
    'name' in value &&
    value.name === name;
  const found = Object.keys(modules).find((path) =>
    Object.values(modules[path]!).some(isDefinition),
  );
  if (found === undefined) return null;
  return { file: found.replace(/^(\.\.\/)+/, ''), blocks: docBlocks(texts[found]!) };
}
