/** Where real data is looked for, and the project's own folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder for data sets that are made once and used again. */
export const defaultCache = join(root, 'data', 'cache');

/** `../shared/data` where it is there (a copy that several checkouts share), else `data/sources`. */
export function defaultSources(): string {
  const shared = join(root, '..', 'shared', 'data');
  return existsSync(shared) ? shared : join(root, 'data', 'sources');
}
