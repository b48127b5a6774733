/** The whole audit of a data set: fits and tests every predictor, and gathers what the file says. */
import type { Dataset } from '../../generators/store/dataset.ts';
import type { Audit, AuditPredictor } from '../../leaderboards/records/audit.ts';
import { auditSchema } from '../../leaderboards/records/audit.ts';
import { chanceCorrected } from '../../leaderboards/statistics/metrics.ts';
import { useOfGroups, type Use } from '../../leaderboards/statistics/use.ts';
import { openEngine } from '../engine/open.ts';
import { provenanceOf } from '../runs/provenance.ts';
import { groupsOf, score, scoreByDistance } from '../training/predict.ts';
import { overlapsOf } from './duplicates.ts';
import { Examples, type Fitted, type Predictor } from './examples.ts';
import { ladderFor } from './ladder.ts';
import { certifiedOf, floorField } from './merge.ts';
import { paperFacts } from './pairOracle.ts';
import type { Part } from './parts.ts';
import { profileProtocol, reachesFor, stepsFor, trainReach } from './profile.ts';

export interface AuditRequest {
  dataset: Dataset;
  parts: readonly Part[];
  /** Pattern of predictors' names; all predictors if absent. */
  only?: RegExp | undefined;
  threads: number;
  /** Steps per network of the profile; derived from the length if absent. */
  profileSteps?: number | undefined;
  command: string;
  onProgress(job: string, share: number): void;
}

export async function auditDataset(request: AuditRequest): Promise<Audit> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const { dataset, onProgress } = request;
  const { meta } = dataset;
  const { shape } = meta;
  const wants = (part: Part) => request.parts.includes(part);
  const read = async (name: 'train' | 'val' | 'test') =>
    new Examples(await dataset.split(name), shape);
  const [train, val, test] = [await read('train'), await read('val'), await read('test')];

  const predictors: AuditPredictor[] = [];
  const ladder = wants('ladder') ? ladderFor(meta.task, shape) : [];
  const chosen = ladder.filter(({ name }) => request.only?.test(name) ?? true);
  for (const [i, predictor] of chosen.entries()) {
    onProgress(predictor.name, i / chosen.length);
    const fitted = await predictor.fit(train, val);
    predictors.push(entryOf(predictor, fitted, await fitted.predict(test), test));
  }
  const overlaps = wants('overlaps') ? overlapsOf(train, val, test) : [];
  const facts = 'papers' in shape.extras ? paperFacts(train, test) : {};

  const steps = wants('profile') ? (request.profileSteps ?? stepsFor(shape)) : 0;
  const profiled = steps > 0 ? await profile(request, steps, test) : undefined;
  predictors.push(...(profiled?.predictors ?? []));
  const { node, commit } = provenanceOf({ name: '', device: '' }, 1, '');
  const used = process.cpuUsage(cpu);
  const classCounts = Array.from({ length: shape.classes }, () => 0);
  for (const label of test.split.labels) classCounts[label]!++;
  return auditSchema.parse({
    schema: 1,
    ...{ task: meta.task, tier: meta.tier, title: meta.title, kind: meta.kind },
    data: {
      options: meta.options,
      seed: meta.seed,
      generatorVersion: meta.generatorVersion,
      origin: meta.origin,
      ...(meta.source === undefined ? {} : { source: meta.source }),
      shape,
      classCounts,
    },
    chance: 1 / shape.classes,
    predictors,
    ...floorField(predictors),
    profile: profiled?.points ?? [],
    ...(profiled ? { profileProtocol: profiled.protocol } : {}),
    overlaps,
    facts,
    certified: certifiedOf(predictors, shape.classes),
    provenance: {
      ...{ command: request.command, node, commit },
      seconds: round((performance.now() - started) / 1000, 1),
      cpuSeconds: round((used.user + used.system) / 1e6, 1),
      peakBytes: process.resourceUsage().maxRSS * 1024,
    },
  } satisfies Audit);
}

/** Use to four digits, where groups have any; 0 stays exactly 0. */
const useField = (use: Use | undefined) => (use ? { use: round(use.value, 4) } : {});

const round = (value: number, digits: number) => Number(value.toFixed(digits));

function entryOf(
  predictor: Predictor,
  fitted: Pick<Fitted, 'validation' | 'chosen'>,
  predictions: Uint8Array,
  { split, shape }: Examples,
): AuditPredictor {
  const { name, family, title, size } = predictor;
  const groups = groupsOf(predictions, split, shape);
  const { accuracy, correct, count, interval } = score(groups);
  const isControlled = shape.siblings > 1;
  const distances = scoreByDistance(groups, shape.distances);
  return {
    ...{ name, family, title },
    ...(size === undefined ? {} : { size }),
    ...(fitted.validation === undefined ? {} : { validation: round(fitted.validation, 4) }),
    ...(fitted.chosen === undefined ? {} : { chosen: fitted.chosen }),
    test: {
      ...{ accuracy: round(accuracy, 4), correct, count },
      interval: [round(interval[0], 4), round(interval[1], 4)],
    },
    distances: distances.map(({ distance, correct, count, interval }) => ({
      ...{ distance, correct, count },
      covered: isControlled && predictor.covered(distance),
      passes: interval[0] > 1 / shape.classes,
      ...useField(useOfGroups(groups, shape.distances.indexOf(distance))),
    })),
  };
}

async function profile(request: AuditRequest, steps: number, test: Examples) {
  const { dataset, threads, onProgress } = request;
  const { shape } = dataset.meta;
  const reaches = reachesFor(shape);
  const engine = await openEngine('onnx-cpu', { threads });
  const predictors: AuditPredictor[] = [];
  try {
    for (const [i, reach] of reaches.entries()) {
      const outcome = await trainReach(dataset, engine, reach, steps, (step) =>
        onProgress(`reach-${reach}`, (i + step / steps) / reaches.length),
      );
      const predictor: Predictor = {
        name: `reach-${reach}`,
        family: 'reach',
        title: `${reach} tokens to either side of each position, a convolution`,
        size: reach,
        covered: (distance) => shape.readout === 'query' && reach < distance,
        fit: () => ({ predict: () => outcome.predictions }),
      };
      const fitted = {
        validation: outcome.validation.accuracy,
        chosen: `step ${outcome.selectedStep} of ${steps}`,
      };
      predictors.push(entryOf(predictor, fitted, outcome.predictions, test));
    }
  } finally {
    await engine.dispose();
  }
  return {
    predictors,
    points: pointsOf(predictors, 1 / shape.classes),
    protocol: profileProtocol(dataset.meta, steps),
  };
}

/** The profile: accuracy above chance at each reach, as a share of that at the largest reach. */
function pointsOf(predictors: AuditPredictor[], chance: number): Audit['profile'] {
  const full = predictors.at(-1)!.test;
  const above = chanceCorrected(full.accuracy, chance);
  return predictors.map(({ size, test }) => ({
    reach: size!,
    accuracy: test.accuracy,
    ...(full.interval[0] > chance
      ? { kept: round(chanceCorrected(test.accuracy, chance) / above, 4) }
      : {}),
  }));
}
