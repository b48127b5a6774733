/** The commands of `npm run generate`. */
import type { Program } from '../core/cli/program.ts';
import { all } from './commands/all.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { list } from './commands/list.ts';
import { make } from './commands/make.ts';
import { show } from './commands/show.ts';
import { verify } from './commands/verify.ts';
import { findTask } from './registry.ts';

const commandNames = ['all', 'list', 'show', 'verify', 'export', 'import'];

export const program: Program = {
  name: 'npm run generate --',
  about: 'Makes, shows, verifies and converts data sets.',
  otherwise: {
    usage: 'TASK --out DIR',
    about: 'makes a data set in DIR',
    /** @throws UsageError for a name that is neither a command nor a task */
    accepts(first) {
      if (first !== undefined && !first.startsWith('-')) findTask(first, commandNames);
      return true;
    },
    load: (first) => (first === undefined ? all : make),
  },
  commands: {
    all: {
      about: 'every task at the smoke tier, verified and shown; also without a name',
      load: () => all,
    },
    list: { about: 'the tasks, their tiers and parameters', load: () => list },
    show: { about: 'one example, readable', load: () => show },
    verify: { about: 'checks certificates, splits and checksums', load: () => verify },
    export: { about: 'writes a data set in another format', load: () => exportCommand },
    import: { about: 'reads files of the Long Range Arena', load: () => importCommand },
  },
  examples: [
    'recall --tier smoke --out data/recall',
    'verify data/recall',
    'show listops --tier smoke --index 3',
    'recall --help',
  ],
};
