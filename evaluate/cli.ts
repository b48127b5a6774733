/** `npm run evaluate`: finds the command and turns errors into one sentence and an exit code. */
import { UsageError, exitCode, messageOf, unknown } from '../core/errors.ts';
import type { Command } from './commands/command.ts';

/** Each with what it needs read only when it is asked for. */
const commands: Record<string, () => Promise<Command>> = {
  run: async () => (await import('./commands/run.ts')).run,
  plan: async () => (await import('./commands/plan.ts')).plan,
  status: async () => (await import('./commands/status.ts')).status,
  resume: async () => (await import('./commands/resume.ts')).resume,
  worker: async () => (await import('./commands/worker.ts')).worker,
  collect: async () => (await import('./commands/collect.ts')).collect,
  submit: async () => (await import('./commands/submit.ts')).submit,
  report: async () => (await import('./commands/report.ts')).report,
  claims: async () => (await import('./commands/claims.ts')).claims,
  models: async () => (await import('./commands/models.ts')).models,
  engines: async () => (await import('./commands/engines.ts')).engines,
  audit: async () => (await import('./commands/audit.ts')).audit,
  export: async () => (await import('./commands/export.ts')).exportModel,
  recheck: async () => (await import('./commands/recheck.ts')).recheck,
  pack: async () => (await import('./commands/pack.ts')).pack,
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
  if (first === undefined || first.startsWith('-'))
    return (await import('./commands/run.ts')).smoke(args);
  const load = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (!load) throw new UsageError(unknown('command', first, Object.keys(commands)));
  const command = await load();
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
