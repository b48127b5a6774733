import { expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { boardCommand, rowCommand } from '../../../../../site/src/lib/words/reproduce.ts';
import { asFiles, sampleRecords } from '../../../../fixtures/records.ts';

const sample = buildBoard(asFiles(sampleRecords())).tiers[0]!;

it('names every task, model, regime and seed of the board once', () => {
  expect(boardCommand(sample).replace(/ \\\n +/g, ' ')).toBe(
    'npm run evaluate -- run --task recall,listops,text --model local,s4d,transformer --regime scratch,scratch-matched,spt --seed 1,2,3 --tier lite --jobs 2',
  );
});

it('repeats a row with its options, each seed once', () => {
  const row = {
    model: 'local',
    options: { window: 8, positions: 'rotary' },
    regime: 'spt',
  } as const;
  expect(rowCommand(sample, row, ['recall', 'text'], [2, 1, 2])).toBe(
    'npm run evaluate -- run --task recall,text --model local:window=8:positions=rotary --regime spt --seed 1,2 --tier lite',
  );
});
