/**
 * Starts a command of this package: `node start.js evaluate/cli.ts [arguments]`. Plain JavaScript,
 * so that a Node that cannot read TypeScript says what to do in place of a stack.
 */
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const [, , script, ...args] = process.argv;
if (script === undefined) {
  console.error('Error: Name a command: node start.js evaluate/cli.ts --help.');
  process.exitCode = 2;
} else if (!process.features.typescript) {
  console.error(
    `Error: Node ${process.versions.node} cannot read TypeScript. Run npm ci, which installs a Node that can, and use npm run evaluate, npm run generate or npm run bench; or install Node 22.18 or newer.`,
  );
  process.exitCode = 1;
} else {
  const path = resolve(import.meta.dirname, script);
  process.argv = [process.argv[0], path, ...args];
  await import(pathToFileURL(path).href);
}
