/** Parts of one data set's audit that were made at different times, put together. */
import type { Audit, AuditPredictor } from '../../leaderboards/records/audit.ts';
import type { Part } from './parts.ts';

/** The best predictor that sees only a part of the input: a model has to exceed it. */
function floorOf(predictors: readonly AuditPredictor[]): Audit['floor'] {
  const cheap = predictors.filter(({ family }) => family !== 'reach' && family !== 'oracle');
  let best = cheap[0];
  for (const entry of cheap) if (entry.test.accuracy > best!.test.accuracy) best = entry;
  return best && { name: best.name, accuracy: best.test.accuracy };
}

/** How many pairs of predictor and distance are covered, and how many of them are exactly 1/k. */
export function certifiedOf(
  predictors: readonly AuditPredictor[],
  classes: number,
): Audit['certified'] {
  const covered = predictors.flatMap(({ distances }) => distances.filter(({ covered }) => covered));
  return {
    covered: covered.length,
    exact: covered.filter(({ correct, count }) => correct * classes === count).length,
  };
}

/**
 * The new audit, with what the earlier one has of other parts, and with its other predictors where only
 * some of the ladder were fitted again. Commands and times add up, those of parts that were made again
 * included.
 * @param ladder names of all predictors of the ladder, in their order.
 * @param isSome whether only some predictors of the ladder were fitted.
 * @returns the new audit alone if the earlier one is of other data.
 */
export function mergeAudits(
  earlier: Audit,
  made: Audit,
  parts: readonly Part[],
  ladder: readonly string[],
  isSome: boolean,
): Audit {
  const isSame =
    earlier.task === made.task && JSON.stringify(earlier.data) === JSON.stringify(made.data);
  const missing = (['ladder', 'profile', 'overlaps'] as const).filter(
    (part) => !parts.includes(part),
  );
  const isKept = (part: Part) =>
    part === 'ladder'
      ? earlier.predictors.some(({ family }) => family !== 'reach')
      : earlier[part].length > 0;
  const hasLadder = parts.includes('ladder');
  const kept = (hasLadder && isSome && isSame ? earlier.predictors : []).filter(
    ({ name, family }) =>
      family !== 'reach' && ladder.includes(name) && made.predictors.every((p) => p.name !== name),
  );
  if (!isSame || (!missing.some(isKept) && kept.length === 0)) return made;
  const from = (part: Part) => (parts.includes(part) ? made : earlier);
  const predictors = [
    ...[...from('ladder').predictors.filter(({ family }) => family !== 'reach'), ...kept].sort(
      (a, b) => ladder.indexOf(a.name) - ladder.indexOf(b.name),
    ),
    ...from('profile').predictors.filter(({ family }) => family === 'reach'),
  ];
  const { profile, profileProtocol } = from('profile');
  const merged: Audit = {
    ...made,
    predictors,
    profile,
    ...(profileProtocol ? { profileProtocol } : {}),
    overlaps: from('overlaps').overlaps,
    certified: certifiedOf(predictors, made.data.shape.classes),
    provenance: {
      ...made.provenance,
      command: [...new Set([earlier.provenance.command, made.provenance.command])]
        .join('; ')
        .slice(-1000),
      seconds: add(made.provenance.seconds, earlier.provenance.seconds),
      cpuSeconds: add(made.provenance.cpuSeconds, earlier.provenance.cpuSeconds),
      peakBytes: Math.max(made.provenance.peakBytes, earlier.provenance.peakBytes),
    },
  };
  delete merged.floor;
  return { ...merged, ...floorField(predictors) };
}

/** The field of the file; absent if no predictor of the ladder was requested. */
export function floorField(predictors: readonly AuditPredictor[]): Pick<Audit, 'floor'> {
  const floor = floorOf(predictors);
  return floor ? { floor } : {};
}

const add = (a: number, b: number) => Number((a + b).toFixed(1));
