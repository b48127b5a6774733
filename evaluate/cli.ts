/** `npm run evaluate`: finds the command and turns errors into one sentence and an exit code. */
import { nearest, UsageError } from '../generators/errors.ts';
import { claims } from './commands/claims.ts';
import { collect } from './commands/collect.ts';
import { audit } from './commands/audit.ts';
import type { Command } from './commands/command.ts';
import { exportModel } from './commands/export.ts';
import { engines } from './commands/engines.ts';
import { models } from './commands/models.ts';
import { pack } from './commands/pack.ts';
import { plan } from './commands/plan.ts';
import { recheck } from './commands/recheck.ts';
import { report } from './commands/report.ts';
import { resume } from './commands/resume.ts';
import { run, smoke } from './commands/run.ts';
import { status } from './commands/status.ts';
import { submit } from './commands/submit.ts';
import { worker } from './commands/worker.ts';
import { exitCode, messageOf } from './errors.ts';

const commands: Record<string, Command> = {
  run,
  plan,
  status,
  resume,
  worker,
  collect,
  submit,
  report,
  claims,
  models,
  engines,
  audit,
  export: exportModel,
  recheck,
  pack,
};

const help = `Trains and tests models on tasks, and writes one record a run.

  npm run evaluate                        the smoke suite: recall, three models, with and without
                                          self-pretraining, in a minute or two
  npm run evaluate -- run [flags]         any runs: tasks × models × regimes × seeds
  npm run evaluate -- plan [flags]        writes a manifest of runs, for here or for a cluster
  npm run evaluate -- status [flags]      how far a plan is, what failed and the time left
  npm run evaluate -- resume [flags]      does what of a plan is missing or failed
  npm run evaluate -- worker [flags]      does lines of a manifest, for any scheduler
  npm run evaluate -- collect [flags]     brings records together, writes the leaderboard's files
  npm run evaluate -- submit DIR          checks, runs and records a submission
  npm run evaluate -- report [flags]      the records as tables and curves
  npm run evaluate -- claims [flags]      what the records say of the papers' claims
  npm run evaluate -- models              the models, with paper, reach, cost and size
  npm run evaluate -- audit TASK | DIR    what a data set can be solved with before any model is trained
  npm run evaluate -- export RUN          a trained model as one ONNX file
  npm run evaluate -- recheck --count N   runs records again: are the results the same
  npm run evaluate -- pack --out FILE     what runs here as one archive, for machines without network
  npm run evaluate -- engines             the engines that work here, and what the others lack

Each command explains itself with --help. --debug shows where an error came from.`;

async function main(args: string[]): Promise<number> {
  const [first] = args;
  if (first === '--help' || first === '-h' || first === 'help') {
    console.log(help);
    return 0;
  }
  if (first === undefined || first.startsWith('-')) return smoke(args);
  const command = commands[first];
  if (!command) {
    const names = Object.keys(commands);
    const meant = nearest(first, names);
    throw new UsageError(
      `Unknown command '${first}'${meant ? `, did you mean '${meant}'` : ''}? Known commands: ${names.join(', ')}.`,
    );
  }
  if (args.includes('--help') || args.includes('-h')) {
    console.log(command.help);
    return 0;
  }
  return command.run(args.slice(1));
}

const args = process.argv.slice(2);
const debug = args.includes('--debug');
try {
  process.exitCode = await main(args.filter((arg) => arg !== '--debug'));
} catch (error) {
  console.error(debug && error instanceof Error ? error.stack : `Error: ${messageOf(error)}`);
  process.exitCode = exitCode(error);
}
