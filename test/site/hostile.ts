/** Records with names that a page must survive. */
import { makeRecord } from '../fixtures/records.ts';
import type { RunRecord } from '../../leaderboards/records/schema.ts';

/** What a stranger might call a model: a script, turned text, no spaces, marks piled up. */
export function hostileRecords(): RunRecord[] {
  const titles = [
    '<script>window.ran = true</script>',
    '"><img src=x onerror="window.ran = true">',
    '\u202Egnorts si siht\u202C \u2067abc',
    'W'.repeat(100),
    '👩‍🔬🏳️‍🌈'.repeat(9),
    `Z${'\u0301\u0316'.repeat(40)}`,
    '</title><svg onload="window.ran = true">',
    '=cmd|calc',
  ];
  return titles.flatMap((title, i) =>
    (['scratch', 'scratch-matched', 'spt'] as const).flatMap((regime) => {
      const named = { model: `model-${i}`, title, family: title.slice(0, 40), regime } as const;
      const option = { modelOptions: { note: title.slice(0, 64) } };
      const failed = { status: 'failed', reason: title.repeat(5).slice(0, 500) } as const;
      return [
        makeRecord({ ...named, reach: i % 2 === 0 ? null : 32 }),
        makeRecord({ ...named, ...option, task: 'text', near: 0.6 }),
        makeRecord({ ...named, ...option, task: 'listops', ...failed }),
      ];
    }),
  );
}
