/**
 * The findings of a board beside its figures: a headline of at most 15 words made from its records,
 * what belongs to it, and where to look; nothing where nothing can be told.
 */
import type { Assessed } from '../../../../leaderboards/board/claims/claims.ts';
import type { ClaimVerdict } from '../../../../leaderboards/board/claims/answer.ts';
import type { BoardTask, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { entriesOf, type Entry } from '../tables/view.ts';
import { counted } from './format.ts';

export interface BoardFinding {
  about: string;
  headline: string;
  /** What belongs to the headline, in smaller print. */
  detail?: string;
  path: `/${string}`;
}

/** @param assessed what the tier's records say of the claims of the literature */
export function boardFindings(tier: TierBoard, assessed: readonly Assessed[]): BoardFinding[] {
  return [claimsFinding(assessed), certificateFinding(tier)].filter((finding) => finding !== null);
}

const done = (tier: TierBoard, task: BoardTask): Entry[] =>
  entriesOf(tier, task).filter(({ cell }) => cell.state === 'done');

/** Whether what certificates prove is what was measured, over the whole board. */
export function certificateFinding(tier: TierBoard): BoardFinding | null {
  const bound = tier.tasks.flatMap((task) =>
    done(tier, task).flatMap(({ cell }) =>
      cell.certifiedLimit === null
        ? []
        : [
            {
              task,
              holds: cell.limitHolds === true,
              beyond:
                cell.seeds.length *
                task.distances.filter((distance) => distance > cell.certifiedLimit!).length,
            },
          ],
    ),
  );
  const beyond = bound.reduce((sum, entry) => sum + entry.beyond, 0);
  if (beyond === 0) return null;
  const common = {
    about: 'Proofs beside measurements',
    path: '/methodology/#certificates',
  } as const;
  const broken = new Set(bound.filter(({ holds }) => !holds).map(({ task }) => task.title));
  if (broken.size > 0) {
    return {
      ...common,
      headline: 'A certificate is contradicted: a run or a certificate is wrong.',
      detail: `On ${[...broken].join(', ')}.`,
    };
  }
  return {
    ...common,
    headline: `${beyond} of ${counted(beyond, 'measurement')} beyond a proved limit ${beyond === 1 ? 'is' : 'are'} exactly at chance.`,
    detail: 'A model that provably sees fewer tokens gives all examples of a group one answer.',
  };
}

/** How the claims of the literature fare, and which differently once the distance is certified. */
export function claimsFinding(assessed: readonly Assessed[]): BoardFinding | null {
  const verdicts = assessed.map(({ claim, answers }) => {
    const on = (wanted: string) => answers.find(({ ground }) => ground === wanted)!.verdict;
    return { claim, standard: on('standard'), certified: on('certified') };
  });
  const count = (ground: 'standard' | 'certified', verdict: ClaimVerdict) =>
    verdicts.filter((one) => one[ground] === verdict).length;
  const isJudged = (verdict: ClaimVerdict) =>
    verdict === 'holds here' || verdict === 'does not hold here';
  if (!verdicts.some((one) => isJudged(one.standard) || isJudged(one.certified))) return null;
  const turned = verdicts.filter(
    (one) => one.standard === 'holds here' && one.certified === 'does not hold here',
  );
  const cases = turned.map(({ claim }) => `“${claim.sentence}”`).join(' ');
  const failing = (ground: 'standard' | 'certified') => count(ground, 'does not hold here');
  return {
    about: 'Claims of the literature',
    headline: `${count('standard', 'holds here')} of ${counted(assessed.length, 'claim')} hold on standard tasks, ${count('certified', 'holds here')} at certified distances.`,
    detail:
      `${failing('standard')} and ${failing('certified')} do not hold here; the rest is open or not tested here.` +
      (turned.length > 0 ? ` On standard tasks alone holds: ${cases}` : ''),
    path: '/claims/',
  };
}
