/**
 * Turns a user's request into the full specs of its runs, and specs into ids.
 *
 * The id is a hash of the canonical spec: the same on every machine, so finished runs are recognised.
 */
import { shortHash } from '../../core/hash.ts';
import type { Regime, Tier } from '../../core/vocabulary.ts';
import type { z } from 'zod';
import { UsageError, issueOf } from '../../core/errors.ts';
import { findTask, resolveOptions, tasks } from '../../generators/registry.ts';
import type { TaskShape } from '../../generators/task.ts';
import { createModel } from '../../models/backbone/backbone.ts';
import { parseOptions } from '../../models/options.ts';
import { findMixer } from '../../models/registry.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { protocolSchema, sizeSchema, specSchema } from '../../leaderboards/records/schema.ts';
import { tuningSeed } from '../../leaderboards/records/tuning.ts';
import { presetOf } from './tiers.ts';

/** Version of generators, tiers and protocol together; runs of different versions are not compared. */
export const benchmarkVersion = '2.0';

/** A model by name, with options of its own. */
export interface ModelRequest {
  name: string;
  options: Record<string, unknown>;
}

export interface Request {
  tasks: string[];
  models: ModelRequest[];
  regimes: Regime[];
  seeds: number[];
  tier: Tier;
  ruleset: 'fixed' | 'tuned';
  dataSeed: number;
  taskOptions: Record<string, unknown>;
  /** Options of every model. */
  modelOptions: Record<string, unknown>;
  protocol: Record<string, unknown>;
  size: Record<string, unknown>;
}

/** Shape of a task at a tier with some options replaced; unknown or wrong ones are refused. */
export function shapeOf(task: string, tier: Tier, overrides: Record<string, unknown>): TaskShape {
  const definition = findTask(task);
  return definition.shape(resolveOptions(definition, tier, overrides));
}

function parse<T extends z.ZodType>(schema: T, value: unknown, flag: string): z.output<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw new UsageError(`${flag} cannot take ${issueOf(result.error)}.`);
  return result.data;
}

/** Every combination, in the order tasks, models, regimes, seeds. */
export function specsOf(request: Request): RunSpec[] {
  const specs: RunSpec[] = [];
  const isTuned = request.ruleset === 'tuned';
  if (isTuned && request.seeds.includes(tuningSeed)) {
    throw new UsageError(
      `Seed ${tuningSeed} is kept for the tuning stage: under --ruleset tuned, expected other seeds.`,
    );
  }
  for (const task of request.tasks) {
    requireAugmentation(task, request.regimes);
    const shape = shapeOf(task, request.tier, request.taskOptions);
    for (const { name: model, options } of request.models) {
      const preset = presetOf(task, request.tier, shape.maskRatio, model);
      const size = parse(sizeSchema, { ...preset.size, ...request.size }, '--size');
      const protocol = parse(
        protocolSchema,
        {
          ...preset.protocol,
          ...(isTuned && preset.tuning),
          ...request.protocol,
        },
        '--protocol',
      );
      const definition = findMixer(model);
      const given = { ...request.modelOptions, ...options };
      const modelOptions = parseOptions(definition, given);
      createModel(definition, modelOptions, shape, size);
      for (const regime of request.regimes) {
        for (const seed of request.seeds) {
          specs.push(
            specSchema.parse({
              benchmark: benchmarkVersion,
              task,
              tier: request.tier,
              taskOptions: request.taskOptions,
              dataSeed: request.dataSeed,
              model,
              modelOptions,
              size,
              regime,
              seed,
              protocol,
            }),
          );
        }
      }
    }
  }
  return specs;
}

/** JSON with sorted keys and no spaces. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    entry !== null && typeof entry === 'object' && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}

/** First 12 hex digits of the sha256 of the canonical spec. */
export function idOf(spec: RunSpec): string {
  return shortHash(canonical(spec));
}

/** The spec that stands for a tuning stage: all runs that share its choice have the same one. */
export function tuningSpecOf(spec: RunSpec): RunSpec {
  return { ...spec, regime: 'scratch', seed: tuningSeed };
}

/**
 * Id of the tuning stage that a run takes its learning rate from: a hash of what the choice depends on.
 * Undefined under the ruleset `fixed`.
 */
export function tuningIdOf(spec: RunSpec): string | undefined {
  if (spec.protocol.tuningSteps === undefined) return undefined;
  const { protocol, ...shared } = tuningSpecOf(spec);
  return shortHash(
    canonical({ stage: 'tuning', ...shared, protocol: without(protocol, laterThanTuning) }),
  );
}

/** The run of `spt` whose token-steps a matched run takes. */
export function sptSpecOf(spec: RunSpec): RunSpec {
  return { ...spec, regime: 'spt' };
}

/**
 * Id of the pretraining that an `spt` run starts from: a hash of what its parameters depend on. Runs
 * that differ in their training on labels only share it.
 */
export function pretrainingIdOf(spec: RunSpec): string {
  const { regime, protocol, ...shared } = spec;
  if (regime !== 'spt') throw new RangeError(`a run of regime ${regime} has no pretraining`);
  const tuning = tuningIdOf(spec);
  const own = without(protocol, laterThanPretraining);
  return shortHash(canonical({ ...shared, ...(tuning && { tuning }), protocol: own }));
}

function without(protocol: RunSpec['protocol'], fields: readonly string[]) {
  return Object.fromEntries(Object.entries(protocol).filter(([name]) => !fields.includes(name)));
}

/** Fields of the protocol that the choice of a learning rate does not depend on. */
const laterThanTuning = [
  ...['learningRate', 'steps', 'patience'],
  ...['pretrainSteps', 'pretrainLearningRate', 'evaluations', 'maskRatio'],
];

/** Fields of the protocol that pretraining does not depend on, but for the choice of a learning rate. */
const laterThanPretraining = [
  ...['learningRate', 'learningRates', 'tuningSteps', 'steps'],
  ...['patience', 'decay', 'lookEvery', 'lookExamples'],
];

/** @throws UsageError where a task has no augmentation to train with */
function requireAugmentation(task: string, regimes: readonly Regime[]): void {
  if (!regimes.includes('augmented') || findTask(task).augment) return;
  const able = tasks.filter(({ augment }) => augment).map(({ name }) => name);
  throw new UsageError(
    `${task} has no augmentation, so not the regime augmented; tasks that have one: ${able.join(', ') || 'none'}.`,
  );
}

/** Whether a run's learning rate was given or chosen among several on validation. */
export function rulesetOf({ protocol }: Pick<RunSpec, 'protocol'>): Request['ruleset'] {
  return protocol.learningRates ? 'tuned' : 'fixed';
}

/** The command that repeats a tuning stage: any run that uses its choice begins with it. */
export const tuningCommandOf = (spec: RunSpec) =>
  commandOf({ ...spec, regime: 'scratch', seed: 1 });

/** The command that repeats a run. */
export function commandOf(spec: RunSpec): string {
  const flag = (name: string, values: Record<string, unknown>) =>
    Object.entries(values)
      .map(([key, value]) => ` --${name} ${key}=${String(value)}`)
      .join('');
  const defaults = presetOf(
    spec.task,
    spec.tier,
    shapeOf(spec.task, spec.tier, spec.taskOptions).maskRatio,
    spec.model,
  );
  const changed = <T extends object>(values: T, base: T) =>
    Object.fromEntries(
      Object.entries(values).filter(
        ([key, value]) => canonical(base[key as keyof T]) !== canonical(value),
      ),
    );
  const tuned = rulesetOf(spec) === 'tuned';
  const base = { ...defaults.protocol, ...(tuned && defaults.tuning) };
  const standard = parseOptions(findMixer(spec.model), {});
  return (
    `npm run evaluate -- run --task ${spec.task} --model ${spec.model} --regime ${spec.regime}` +
    ` --seed ${spec.seed} --tier ${spec.tier}` +
    (tuned ? ' --ruleset tuned' : '') +
    (spec.dataSeed === 0 ? '' : ` --data-seed ${spec.dataSeed}`) +
    flag('set', spec.taskOptions) +
    flag('model-option', changed(spec.modelOptions, standard)) +
    flag('protocol', changed(spec.protocol, base)) +
    flag('size', changed(spec.size, defaults.size))
  );
}
