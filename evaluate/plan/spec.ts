/**
 * From what a user asks for to the list of runs: every run's spec in full, and its id.
 *
 * The id is a hash of the canonical spec, so a run that is finished is known by it, on any machine.
 */
import { shortHash } from '../../core/hash.ts';
import type { Regime, Tier } from '../../core/vocabulary.ts';
import type { z } from 'zod';
import { UsageError, issueOf } from '../../core/errors.ts';
import { findTask, resolveOptions } from '../../generators/registry.ts';
import type { TaskShape } from '../../generators/task.ts';
import { createModel } from '../../models/backbone/backbone.ts';
import { findMixer, parseOptions } from '../../models/registry.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { protocolSchema, sizeSchema, specSchema } from '../../leaderboards/records/schema.ts';
import { presetOf } from './tiers.ts';

/** Version of generators, tiers and protocol together; runs of different versions are not compared. */
export const benchmarkVersion = '1.0';

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
  for (const task of request.tasks) {
    const shape = shapeOf(task, request.tier, request.taskOptions);
    const preset = presetOf(task, request.tier, shape.maskRatio);
    const size = parse(sizeSchema, { ...preset.size, ...request.size }, '--size');
    const protocol = parse(
      protocolSchema,
      {
        ...preset.protocol,
        ...(request.ruleset === 'tuned' ? { learningRates: preset.learningRates } : {}),
        ...request.protocol,
      },
      '--protocol',
    );
    for (const { name: model, options } of request.models) {
      const definition = findMixer(model);
      const given = { ...request.modelOptions, ...options };
      const modelOptions = parseOptions(definition, given) as Record<string, unknown>;
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

/**
 * Id of the pretraining that an `spt` run starts from: a hash of what its parameters depend on. Runs
 * that differ in their training on labels only share it.
 */
export function pretrainingIdOf(spec: RunSpec): string {
  const { regime, protocol, ...shared } = spec;
  if (regime !== 'spt') throw new RangeError(`a run of regime ${regime} has no pretraining`);
  const own = Object.entries(protocol).filter(([name]) => !afterPretraining.includes(name));
  return shortHash(canonical({ ...shared, protocol: Object.fromEntries(own) }));
}

/** Fields of the protocol that pretraining does not depend on. */
const afterPretraining = ['learningRate', 'learningRates', 'steps'];

/** Whether a run had one learning rate given or chose among several on validation. */
export function rulesetOf({ protocol }: Pick<RunSpec, 'protocol'>): Request['ruleset'] {
  return protocol.learningRates ? 'tuned' : 'fixed';
}

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
  );
  const changed = <T extends object>(values: T, base: T) =>
    Object.fromEntries(
      Object.entries(values).filter(
        ([key, value]) => canonical(base[key as keyof T]) !== canonical(value),
      ),
    );
  const tuned = rulesetOf(spec) === 'tuned';
  const base = { ...defaults.protocol, ...(tuned && { learningRates: defaults.learningRates }) };
  const standard = parseOptions(findMixer(spec.model), {}) as Record<string, unknown>;
  return (
    `npm run evaluate -- run --task ${spec.task} --model ${spec.model} --regime ${spec.regime}` +
    ` --seed ${spec.seed} --tier ${spec.tier}` +
    (tuned ? ' --ruleset tuned' : '') +
    (spec.dataSeed === 0 ? '' : ` --data-seed ${spec.dataSeed}`) +
    flag('task-option', spec.taskOptions) +
    flag('model-option', changed(spec.modelOptions, standard)) +
    flag('protocol', changed(spec.protocol, base)) +
    flag('size', changed(spec.size, defaults.size))
  );
}
