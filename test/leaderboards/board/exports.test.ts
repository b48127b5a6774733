import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { exportsOf } from '../../../leaderboards/board/exports.ts';
import { readRecords } from '../../../leaderboards/records/read.ts';
import { asFiles, makeRecord } from '../../fixtures/records.ts';

const folder = fileURLToPath(new URL('../../../leaderboards', import.meta.url));

describe('the leaderboard’s files', () => {
  it('are what collect makes of the records; if not, run npm run evaluate -- collect', () => {
    for (const { name, text } of exportsOf(readRecords(join(folder, 'runs')))) {
      expect(readFileSync(join(folder, 'exports', name), 'utf8') === text, name).toBe(true);
    }
  });
  it('claim no reach that a certificate or chance contradicts', () => {
    const board = buildBoard(readRecords(join(folder, 'runs')));
    let [limited, atChance] = [0, 0];
    for (const { tasks, rows } of board.tiers)
      for (const { label, cells } of rows)
        cells.forEach(({ reach, certifiedLimit, limitHolds, distances, corrected }, t) => {
          const name = `${label} on ${tasks[t]!.title}`;
          const tokens = reach === 'beyond' ? Infinity : (reach ?? 0);
          const unseen = distances.find(({ distance }) => distance > (certifiedLimit ?? Infinity));
          if (unseen && limitHolds) {
            limited++;
            expect(tokens, name).toBeLessThanOrEqual(unseen.distance);
          }
          if (corrected !== null && Math.abs(corrected) < 1e-9) {
            atChance++;
            expect(reach, name).toBeNull();
          }
        });
    expect([limited > 0, atChance > 0]).toEqual([true, true]);
  });
  it('leave the tier smoke out', () => {
    const files = asFiles([makeRecord({ tier: 'smoke' }), makeRecord({})]);
    const [board, , runs] = exportsOf(files);
    expect(JSON.parse(board!.text).records).toBe(1);
    expect(runs!.text.trimEnd().split('\n')).toHaveLength(1);
  });
  it('have a schema that tells of every field of a record', () => {
    const schema = JSON.parse(exportsOf([]).at(-1)!.text);
    expect(schema.required).toContain('provenance');
    expect(schema.properties.groups.properties.sha256.pattern).toBe('^[0-9a-f]{64}$');
    expect(schema.additionalProperties).toBe(false);
  });
});
