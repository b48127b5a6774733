/**
 * The findings of a board, each in one sentence made from its records, with where to look;
 * nothing where nothing can be told.
 */
import { agreementWords } from '../../../../leaderboards/board/agreement.ts';
import type { BoardTask, Gain, TierBoard } from '../../../../leaderboards/board/schema.ts';
import type { Assessed } from '../../../../leaderboards/board/claims/claims.ts';
import type { ClaimVerdict } from '../../../../leaderboards/board/claims/answer.ts';
import { sptPairs, sptReachWords } from '../../../../leaderboards/board/sptReach.ts';
import { sptFinding, sptReachFinding } from './findings.ts';
import { counted } from './format.ts';
import { entriesOf, leadTask, type Entry } from '../tables/view.ts';

export interface BoardFinding {
  about: string;
  words: string;
  /** What belongs to the sentence, in smaller print. */
  detail?: string;
  path: `/${string}`;
}

/** @param assessed what the tier's records say of the claims of the literature */
export function boardFindings(tier: TierBoard, assessed: readonly Assessed[]): BoardFinding[] {
  const lead = leadTask(tier);
  const standard = mostPaired(tier, 'standard', (gain) => gain.overall.interval !== null);
  const controlled = mostPaired(tier, 'controlled') ?? lead;
  const certified = certificateFinding(tier);
  const claims = claimsFinding(assessed);
  const reach = sptReachWords(sptPairs(tier));
  const [agreement] = tier.agreements;
  return [
    ...(agreement
      ? [
          {
            about: 'Standard order and certified order',
            words: agreementWords(agreement),
            detail:
              'Spearman, of the means over tasks corrected for chance; 95 % interval over models.',
            path: '/leaderboard/' as const,
          },
        ]
      : []),
    ...(claims ? [claims] : []),
    ...(controlled
      ? [
          {
            about: reach
              ? 'Does self-pretraining (SPT) extend reach?'
              : `Self-pretraining (SPT) on ${controlled.title}`,
            words: reach?.answer ?? sptReachFinding(done(tier, controlled)),
            ...(reach ? { detail: reach.detail } : {}),
            path: `/tasks/${controlled.name}/` as const,
          },
        ]
      : []),
    ...(standard
      ? [
          {
            about: `Self-pretraining (SPT) on ${standard.title}`,
            words: sptFinding(done(tier, standard)),
            path: `/tasks/${standard.name}/` as const,
          },
        ]
      : []),
    ...(certified ? [certified] : []),
  ];
}

const done = (tier: TierBoard, task: BoardTask): Entry[] =>
  entriesOf(tier, task).filter(({ cell }) => cell.state === 'done');

/** The task of a kind on which most models ran both with SPT and from scratch at its budget. */
function mostPaired(
  tier: TierBoard,
  kind: BoardTask['kind'],
  counts: (gain: Gain) => boolean = () => true,
): BoardTask | null {
  const paired = (task: BoardTask) =>
    entriesOf(tier, task).filter(({ cell }) => cell.gain !== null && counts(cell.gain)).length;
  const tasks = tier.tasks.filter((task) => task.kind === kind && paired(task) > 0);
  return tasks.toSorted((a, b) => paired(b) - paired(a))[0] ?? null;
}

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
  const broken = bound.filter(({ holds }) => !holds);
  const words =
    broken.length === 0
      ? `${counted(beyond, 'measurement')} ${beyond === 1 ? 'lies' : 'lie'} beyond the certified limit of a model, and every one is exactly at chance, as proved.`
      : `A certificate is contradicted on ${[...new Set(broken.map(({ task }) => task.title))].join(', ')}: a run or a certificate is wrong.`;
  return { about: 'Proofs beside measurements', words, path: '/methodology/#certificates' };
}

/** How the claims of the literature fare, and which differently once the distance is certified. */
export function claimsFinding(assessed: readonly Assessed[]): BoardFinding | null {
  const verdicts = assessed.map(({ claim, answers }) => {
    const on = (wanted: string) => answers.find(({ ground }) => ground === wanted)!.verdict;
    return { claim, standard: on('standard'), certified: on('certified') };
  });
  const counts = (ground: 'standard' | 'certified') => {
    const count = (verdict: ClaimVerdict) => verdicts.filter((v) => v[ground] === verdict).length;
    return `${count('holds here')} hold and ${count('does not hold here')} do not`;
  };
  const isJudged = (verdict: ClaimVerdict) =>
    verdict === 'holds here' || verdict === 'does not hold here';
  if (!verdicts.some((v) => isJudged(v.standard) || isJudged(v.certified))) return null;
  const turned = verdicts.filter(
    (v) => v.standard === 'holds here' && v.certified === 'does not hold here',
  );
  const cases = turned.map(({ claim }) => `“${claim.sentence}”`).join(' ');
  const words =
    `${counted(assessed.length, 'claim')} of the literature: on the standard tasks ${counts('standard')}, ` +
    `at certified distances ${counts('certified')}; the rest is open or not tested here.` +
    (turned.length > 0 ? ` On the former alone holds: ${cases}` : '');
  return { about: 'Claims, where distance is certified', words, path: '/claims/' };
}
