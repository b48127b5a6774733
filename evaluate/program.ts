/** The commands of `npm run evaluate`; each is loaded, with what it needs, only when it is asked for. */
import type { Program } from '../core/cli/program.ts';

export const program: Program = {
  name: 'npm run evaluate --',
  about: 'Trains and tests models on tasks, and writes one record per run.',
  otherwise: {
    usage: '(none)',
    about:
      'the smoke suite: recall, three models, with and without self-pretraining, in a minute or two',
    accepts: (first) => first === undefined || first.startsWith('-'),
    load: async () => (await import('./commands/run.ts')).smoke,
  },
  commands: {
    run: {
      about: 'any runs: tasks × models × regimes × seeds',
      load: async () => (await import('./commands/run.ts')).run,
    },
    plan: {
      about: 'writes a manifest of runs, for this machine or for a cluster',
      load: async () => (await import('./commands/plan.ts')).plan,
    },
    status: {
      about: 'how far a plan is, what failed and the time left',
      load: async () => (await import('./commands/status.ts')).status,
    },
    resume: {
      about: 'executes the runs of a plan that are missing or failed',
      load: async () => (await import('./commands/resume.ts')).resume,
    },
    worker: {
      about: 'executes lines of a manifest, for any scheduler',
      load: async () => (await import('./commands/worker.ts')).worker,
    },
    collect: {
      about: "brings records together and writes the leaderboard's files",
      load: async () => (await import('./commands/collect.ts')).collect,
    },
    submit: {
      about: 'checks, runs and records a submission',
      load: async () => (await import('./commands/submit.ts')).submit,
    },
    report: {
      about: 'the records as tables and curves',
      load: async () => (await import('./commands/report.ts')).report,
    },
    claims: {
      about: "what the records say of the papers' claims",
      load: async () => (await import('./commands/claims.ts')).claims,
    },
    controls: {
      about: 'whether the known answers come out, by which the benchmark is calibrated',
      load: async () => (await import('./commands/controls.ts')).controls,
    },
    reliability: {
      about: 'how much of what the records say is the model, and how much the seed',
      load: async () => (await import('./commands/reliability.ts')).reliability,
    },
    study: {
      about: 'plans a study (signal, labels, capacity) and prints the table of its figure',
      load: async () => (await import('./commands/study.ts')).study,
    },
    models: {
      about: 'the models, with paper, reach, cost and size',
      load: async () => (await import('./commands/models.ts')).models,
    },
    engines: {
      about: 'the engines that work on this machine, and what the others lack',
      load: async () => (await import('./commands/engines.ts')).engines,
    },
    audit: {
      about: 'what a data set can be solved with before any model is trained',
      load: async () => (await import('./commands/audit.ts')).audit,
    },
    export: {
      about: 'a trained model as one ONNX file',
      load: async () => (await import('./commands/export.ts')).exportModel,
    },
    recheck: {
      about: 'runs records again, and compares the results',
      load: async () => (await import('./commands/recheck.ts')).recheck,
    },
    pack: {
      about: 'the commands as one archive, for machines without network',
      load: async () => (await import('./commands/pack.ts')).pack,
    },
  },
  examples: ['', 'run --task recall --model transformer,s4d --seed 1,2', 'report --tier lite'],
};
