/// <reference types="vite/client" />
/** The source files whose doc comments the pages show, found by the name that they define. */
import { docBlocks, type Block } from '../words/doc.ts';

// The options of a glob have to be written out where it stands.
const taskSources = import.meta.glob<string>(
  ['../../../../generators/standard/*/*.ts', '../../../../generators/controlled/*/*.ts'],
  { query: '?raw', import: 'default', eager: true },
);
const modelSources = import.meta.glob<string>('../../../../models/mixers/*.ts', {
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
  return (
    sourceWith(taskSources, `  name: '${name}',`) ??
    sourceWith(taskSources, `definition('${name}',`)
  );
}

/** The file that defines a model; null for one that is not part of this package. */
export function modelSource(name: string): Source | null {
  return sourceWith(modelSources, `  name: '${name}',`);
}

function sourceWith(sources: Record<string, string>, text: string): Source | null {
  const found = Object.entries(sources).find(([, source]) => source.includes(text));
  return found ? { file: found[0].replace(/^(\.\.\/)+/, ''), blocks: docBlocks(found[1]) } : null;
}
