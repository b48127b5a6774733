/** Judges the controls by records and audits: passed, failed, or not tested here. Pure. */
import type { Audit } from '../../records/audit.ts';
import type { RecordFile } from '../../records/read.ts';
import { evidenceOf, type Evidence } from './evidence.ts';
import type { Control, ControlTest } from './list.ts';
import { conclude, type Found, type Outcome } from './outcome.ts';
import { attackersBehind, bagsUnderOrder, beyondLimit, blindAttackers } from './proofs.ts';
import { aboveOther, cost, keeps, level, lift, ranking, signal } from './runs.ts';

/** @param files at least one, all of one tier and version of the benchmark */
export function judgeControls(
  files: readonly RecordFile[],
  audits: readonly Audit[],
  list: readonly Control[],
): Outcome[] {
  const evidence = evidenceOf(files, audits);
  return list.map((control) => conclude(control, find(control.test, evidence)));
}

function find(test: ControlTest, evidence: Evidence): Found {
  switch (test.kind) {
    case 'limit':
      return beyondLimit(evidence);
    case 'order':
      return bagsUnderOrder(evidence, test.model);
    case 'blind':
      return blindAttackers(evidence);
    case 'attackers':
      return attackersBehind(evidence, test.share);
    case 'level':
      return level(evidence, test);
    case 'ranking':
      return ranking(evidence, test);
    case 'above':
      return aboveOther(evidence, test);
    case 'lift':
      return lift(evidence, test);
    case 'keeps':
      return keeps(evidence, test);
    case 'cost':
      return cost(evidence, test);
    case 'signal':
      return signal(evidence, test);
  }
}
