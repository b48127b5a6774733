/**
 * The process in which a submitted mixer is trained: the only one that imports the file. It does one
 * run as any other run is done, into a scratch folder, whose record the parent judges.
 */
import type { Regime, Tier } from '../../core/vocabulary.ts';
import { z } from 'zod';
import { openDataset } from '../../generators/store/dataset.ts';
import { parseOptions } from '../../models/options.ts';
import { addMixer, type AnyMixer } from '../../models/registry.ts';
import { oldForm } from './oldForm.ts';
import { checkClaims } from './mixerClaims.ts';
import { openEngine } from '../engine/open.ts';
import { messageOf } from '../../core/errors.ts';
import { execute, executeStage, type Tick } from '../runs/execute.ts';
import { specsOf } from '../plan/spec.ts';

export interface TrainingOrder {
  /** Address of the mixer's file. */
  mixer: string;
  /** The run, or the tuning stage that it needs. */
  kind: 'run' | 'tuning';
  name: string;
  options: Record<string, unknown>;
  task: string;
  tier: Tier;
  regime: Regime;
  seed: number;
  threads: number;
  place: { runs: string; work: string; data: string };
}

export interface TrainingTick {
  tick: Tick;
}

/** What the process found out besides what it recorded. */
export interface TrainingEnd {
  /** Numbers that the model's blocks carry at the least, together. */
  leastState: number;
}

/** Milliseconds between two ticks. */
const tickEvery = 200;

const send = (message: unknown) =>
  new Promise<void>((resolve) => process.send!(message, undefined, undefined, () => resolve()));

/** What a definition has besides its options and `create`, which are used and so found out. */
const definitionSchema = z.object({
  name: z.string(),
  title: z.string().max(100),
  family: z.string().max(40),
  year: z.int(),
  causal: z.boolean(),
  cost: z.string().max(40),
  paper: z.object({ title: z.string(), url: z.string() }),
  options: z.instanceof(z.ZodObject, { error: 'expected z.strictObject({...})' }),
  create: z.custom((value) => typeof value === 'function', 'expected a function'),
});

async function train(order: TrainingOrder): Promise<TrainingEnd> {
  const { kind, name, options, task, tier, regime, seed, threads, place } = order;
  const { mixer } = (await import(order.mixer)) as { mixer: AnyMixer };
  const parsed = definitionSchema.safeParse(mixer);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new Error(`mixer.${path.join('.')}: ${message}`);
  }
  if (mixer.name !== name)
    throw new Error(`mixer.name is "${mixer.name}", expected "${name}" as in submission.json`);
  addMixer(mixer);
  const [spec] = specsOf({
    tasks: [task],
    models: [{ name, options }],
    regimes: [regime],
    seeds: [seed],
    tier,
    ruleset: 'tuned',
    dataSeed: 0,
    taskOptions: {},
    modelOptions: {},
    protocol: {},
    size: {},
  });
  const engine = await openEngine('onnx-cpu', { threads });
  const { layers, width } = spec!.size;
  const { length } = (await openDataset(place.data)).meta.shape;
  const created = mixer.create({ length, width, layers }, parseOptions(mixer, options));
  if (Array.isArray(created.parameters)) throw new Error(`mixer.create ${oldForm}`);
  const claims = { mixer: created, causal: mixer.causal, length, width, layers };
  const leastState = layers * (await checkClaims(claims, engine));
  let last = 0;
  const onTick = (tick: Tick) => {
    const now = performance.now();
    if (now - last < tickEvery && tick.done < tick.of) return;
    last = now;
    void send({ tick } satisfies TrainingTick);
  };
  const circumstances = { place, engine, threads, onTick };
  if (kind === 'run') await execute(spec!, circumstances);
  else await executeStage(kind, spec!, circumstances);
  return { leastState };
}

process.once('message', (order: TrainingOrder) => {
  train(order)
    .then((end) => send({ end }))
    .catch((error: unknown) => send({ error: messageOf(error) }))
    .finally(() => process.exit(0));
});
process.once('disconnect', () => process.exit(1));
