/** Up to three findings of a board, each in one sentence made from its records, with where to look. */
import type { BoardTask, TierBoard } from '../../../leaderboards/board.ts';
import { sptFinding, sptReachFinding } from './findings.ts';
import { counted } from './format.ts';
import { entriesOf, leadTask, type Entry } from './view.ts';

export interface BoardFinding {
  about: string;
  words: string;
  path: `/${string}`;
}

export function boardFindings(tier: TierBoard): BoardFinding[] {
  const lead = leadTask(tier);
  const standard = mostPaired(tier, 'standard');
  const controlled = mostPaired(tier, 'controlled') ?? lead;
  const certified = certificateFinding(tier);
  return [
    ...(controlled
      ? [
          {
            about: `Self-pretraining (SPT) on ${controlled.title}`,
            words: sptReachFinding(done(tier, controlled)),
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
function mostPaired(tier: TierBoard, kind: BoardTask['kind']): BoardTask | null {
  const paired = (task: BoardTask) =>
    entriesOf(tier, task).filter(({ cell }) => cell.gain !== null).length;
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
