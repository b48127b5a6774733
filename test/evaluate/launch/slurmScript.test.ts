import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arraySpec,
  batchScript,
  planArrays,
  type PlannedLine,
  type ScriptRequest,
} from '../../../evaluate/launch/slurmScript.ts';

/** `children[i]` runs for pretraining i, then `free` runs of no pretraining. */
function linesWith(children: number[], free: number): PlannedLine[] {
  const lines: PlannedLine[] = children.map((_, i) => ({
    index: i,
    kind: 'pretraining',
    id: `p${i}`,
  }));
  children.forEach((count, i) => {
    for (let n = 0; n < count; n++)
      lines.push({ index: lines.length, kind: 'run', id: `r${lines.length}`, parent: `p${i}` });
  });
  for (let n = 0; n < free; n++)
    lines.push({ index: lines.length, kind: 'run', id: `r${lines.length}` });
  return lines;
}

describe('arrays', () => {
  it('put runs at the index of their pretraining, in arrays that wait for it', () => {
    expect(planArrays(linesWith([2, 1, 0], 2), 1, 100)).toEqual([
      { elements: [[0], [1], [2]] },
      { elements: [[3], [5], []], waitsFor: 0 },
      { elements: [[4], [], []], waitsFor: 0 },
      { elements: [[6], [7]] },
    ]);
  });

  it('wait link by link where a line waits for one that waits', () => {
    const line = (index: number, kind: PlannedLine['kind'], parent?: string): PlannedLine => ({
      ...{ index, kind, id: `l${index}` },
      ...(parent !== undefined && { parent }),
    });
    const lines = [
      ...[line(0, 'tuning'), line(1, 'pretraining', 'l0'), line(2, 'run', 'l1')],
      ...[line(3, 'run', 'l0'), line(4, 'run', 'l2'), line(5, 'run')],
    ];
    expect(planArrays(lines, 1, 100)).toEqual([
      { elements: [[0]] },
      { elements: [[1]], waitsFor: 0 },
      { elements: [[2]], waitsFor: 1 },
      { elements: [[4]], waitsFor: 2 },
      { elements: [[3]], waitsFor: 0 },
      { elements: [[5]] },
    ]);
    // What is done already is waited for by nobody.
    expect(planArrays(lines.slice(2), 1, 100)[0]).toEqual({ elements: [[2], [3], [5]] });
  });

  it('do every line once, each run after its pretraining, within the sizes, whatever the plan', () => {
    const plans = fc.tuple(
      fc.array(fc.nat(4), { maxLength: 12 }),
      fc.nat(12),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
    );
    fc.assert(
      fc.property(plans, ([children, free, runsPerTask, largest]) => {
        const lines = linesWith(children, free);
        const arrays = planArrays(lines, runsPerTask, largest);
        const done = arrays.flatMap(({ elements }) => elements.flat());
        expect(done.toSorted((a, b) => a - b)).toEqual(lines.map(({ index }) => index));
        arrays.forEach(({ elements, waitsFor }, place) => {
          expect(elements.length).toBeLessThanOrEqual(largest);
          elements.forEach((element, i) => {
            expect(element.length).toBeLessThanOrEqual(runsPerTask);
            for (const index of element) {
              const { parent } = lines[index]!;
              if (parent === undefined) continue;
              expect(waitsFor).toBeLessThan(place);
              const awaited = arrays[waitsFor!]!.elements[i]!.map((at) => lines[at]!.id);
              expect(awaited).toContain(parent);
            }
          });
        });
      }),
    );
  });

  it('let a run go whose pretraining is done and not in the plan', () => {
    const lines = linesWith([1], 0).filter(({ kind }) => kind === 'run');
    expect(planArrays(lines, 1, 100)).toEqual([{ elements: [[1]] }]);
  });

  it('are named by ranges', () => {
    const elements = [[0], [1], [], [3], [], [5], [6], [7]];
    expect(arraySpec(elements)).toBe('0-1,3,5-7');
    expect(arraySpec(elements, 4)).toBe('0-1,3,5-7%4');
    expect(arraySpec([[9]])).toBe('0');
  });
});

const request: ScriptRequest = {
  name: 'reach-arena',
  array: '0-9%4',
  elements: '/plans/x y/slurm/1.elements',
  manifest: "/plans/it's/manifest.jsonl",
  logs: '/plans/x/slurm/logs',
  time: '2:00:00',
  cpus: 4,
  gpus: 1,
  memory: '8G',
  signalBefore: 120,
  waitsFor: '17',
  sbatch: ['partition=gpu', 'exclusive', 'time=1:00:00'],
  worker: ['/opt/node', 'evaluate/cli.ts', 'worker', '--threads', '4'],
};

describe('the batch script', () => {
  it('is this text', () => {
    expect(batchScript(request)).toMatchInlineSnapshot(`
      "#!/bin/bash
      #SBATCH --array=0-9%4
      #SBATCH --cpus-per-task=4
      #SBATCH --dependency=aftercorr:17
      #SBATCH --error=/plans/x/slurm/logs/%A_%a.log
      #SBATCH --exclusive
      #SBATCH --gpus-per-task=1
      #SBATCH --job-name=reach-arena
      #SBATCH --kill-on-invalid-dep=yes
      #SBATCH --mem=8G
      #SBATCH --ntasks=1
      #SBATCH --open-mode=append
      #SBATCH --output=/plans/x/slurm/logs/%A_%a.log
      #SBATCH --partition=gpu
      #SBATCH --requeue
      #SBATCH --signal=B:USR1@120
      #SBATCH --time=1:00:00
      set -eu
      lines=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" '/plans/x y/slurm/1.elements')
      exec /opt/node evaluate/cli.ts worker --threads 4 --manifest '/plans/it'\\''s/manifest.jsonl' --index "$lines"
      "
    `);
  });

  it('is a program that bash can read, and hands the element’s lines to the worker', () => {
    const script = batchScript(request)
      .replace('/opt/node evaluate/cli.ts', 'printf "%s\\n"')
      .replace('sed -n', 'echo 3,5 "#"');
    const out = execFileSync('bash', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, SLURM_ARRAY_TASK_ID: '2' },
    });
    const words = out.trim().split('\n');
    expect(words.slice(0, 5)).toEqual(['worker', '--threads', '4', '--manifest', request.manifest]);
    expect(words[5]).toBe('--index');
  });
});
