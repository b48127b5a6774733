/** `npm run generate`: runs a command; an error becomes one sentence and an exit code. */
import { run } from './commands/commands.ts';
import { DataError, UsageError } from '../core/errors.ts';

try {
  await run(process.argv.slice(2));
} catch (error) {
  const known = error instanceof UsageError || error instanceof DataError;
  const debug = process.argv.includes('--debug');
  const { message, stack } = error as Error;
  // An unfinished line of progress makes room.
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (debug) console.error(stack);
  else console.error(known ? message : `Failed: ${message} Use --debug to see where.`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
