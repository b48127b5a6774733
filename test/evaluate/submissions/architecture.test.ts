/** Submitted mixers: what the check lets through, and what the process that runs one may do. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { checkArchitecture } from '../../../evaluate/submissions/architectureCheck.ts';
import { checkSubmission } from '../../../evaluate/submissions/check.ts';
import { parseDescription } from '../../../evaluate/submissions/description.ts';
import { hasNamespaces } from '../../../evaluate/submissions/guarded.ts';
import type { Tick } from '../../../evaluate/runs/execute.ts';
import {
  train,
  type CheckedArchitecture,
  type TrainingRun,
} from '../../../evaluate/submissions/training.ts';

const root = mkdtempSync(join(tmpdir(), 'reach-architecture-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const example = fileURLToPath(
  new URL('../../../leaderboards/examples/architecture', import.meta.url),
);
const options = {
  work: join(root, 'work'),
  threads: 1,
  command: 'npm run evaluate -- submit x',
  onTick: () => undefined,
};
const run = { task: 'recall', regime: 'scratch', seed: 1 } as const;

async function checkedExample(): Promise<CheckedArchitecture> {
  return (await checkSubmission(example)) as CheckedArchitecture;
}

/** Runs a file that the check would have refused. */
async function outcomeOf(source: string): Promise<string> {
  const checked = await checkedExample();
  const error = await train({ ...checked, source }, run, options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

describe('the check of a mixer', () => {
  it('lets every mixer of this package through', async () => {
    const folder = fileURLToPath(new URL('../../../models/mixers/', import.meta.url));
    for (const file of readdirSync(folder)) {
      const source = readFileSync(join(folder, file), 'utf8')
        // One option has the name of a way out, which its author would be asked to change.
        .replaceAll(/\bglobal\b/g, 'anchors')
        .replaceAll(/from '\.[^']*'/g, "from '../models/index.ts'")
        .replace(/export const \w+: MixerDefinition/, 'export const mixer: MixerDefinition');
      await checkArchitecture(Buffer.from(source), file);
    }
  });
});

/** The template as it was in benchmark 1.0. */
const oldMixer = readFileSync(join(example, 'mixer.ts'), 'utf8')
  .replace('models/index.ts', 'models/mixer.ts')
  .replace('return buildMixer({', 'return ({')
  .replace(
    /parameters: \{.*?\n {6}\},/s,
    `parameters: [
        { name: 'here', shape: [width], initialise: constant(0.5) },
        { name: 'before', shape: [width], initialise: constant(0.5) },
      ],`,
  );

describe('a mixer in the form of benchmark 1.0', () => {
  it('is told what has changed, and where the template is', async () => {
    await expect(checkArchitecture(Buffer.from(oldMixer), 'mixer.ts')).rejects.toThrow(
      /^mixer\.ts: line 41 gives parameters as a list, the form of benchmark 1\.0; .*: copy leaderboards\/examples\/architecture\/mixer\.ts\.$/,
    );
    // A list that the text does not show is found when the mixer is made.
    const { source } = await checkedExample();
    const made = source.replace(
      'return buildMixer({',
      'return ((mixer) => ({ ...mixer, parameters: Object.values(mixer.parameters) }))({',
    );
    expect(await outcomeOf(made)).toContain('mixer.create gives parameters as a list');
  });
});

describe('the seeds of a submission', () => {
  it('are not that of the tuning stage', () => {
    const text = readFileSync(join(example, 'submission.json'), 'utf8');
    const description = { ...(JSON.parse(text) as object), seeds: [1, 0] };
    expect(() => parseDescription(Buffer.from(JSON.stringify(description)))).toThrow(
      'submission.json: field seeds[1] is 0, which the tuning stage has, expected another.',
    );
  });
});

describe('the process of a mixer', () => {
  it('trains the template with a learning rate of its own, verified and exactly at chance', async () => {
    const trained = async (asked: TrainingRun) => {
      const ticks = new Set<string>();
      const onTick = ({ phase }: Tick) => void ticks.add(phase);
      return { ...(await train(await checkedExample(), asked, { ...options, onTick })), ticks };
    };
    const { record, arrays, tuning, ticks } = await trained(run);
    expect(record.verification).toMatchObject({ tier: 'trained-here', submission: 'token-shift' });
    expect(record.model).toMatchObject({ title: 'Token shift', reach: 3, stateSize: 64 });
    expect(record.verification!.leastState).toBe(64);
    // Certified: two layers and the step back of the backbone cannot answer from a distance of 4 on.
    expect(record.result!.test).toMatchObject({ correct: 64, count: 256 });
    expect(arrays!.predictions).toHaveLength(256);
    expect(ticks).toEqual(new Set(['tune', 'train', 'test']));
    expect(tuning!.trials.map(({ learningRate }) => learningRate)).toEqual(
      record.spec.protocol.learningRates,
    );
    expect(record.tuning).toBe(tuning!.id);
    expect(record.result!.learningRate).toBe(tuning!.learningRate);
    expect(tuning!.provenance.command).toBe(options.command);
    // One choice for all runs of a task.
    const other = await trained({ ...run, seed: 2 });
    expect(other.ticks).toEqual(new Set(['train', 'test']));
    expect(other.tuning).toEqual(tuning);
  });

  it('may not read, write, start or reach anything else', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const outside = join(root, 'outside');
    const message = await outcomeOf(`
      import fs from 'node:fs';
      import { spawnSync } from 'node:child_process';
      import { Worker } from 'node:worker_threads';
      import net from 'node:net';
      const attempts = {
        read: () => fs.readFileSync('/etc/passwd'),
        list: () => fs.readdirSync(${JSON.stringify(root)}),
        write: () => fs.writeFileSync(${JSON.stringify(outside)}, 'x'),
        start: () => { const { error } = spawnSync('true'); if (error) throw error; },
        thread: () => new Worker('1', { eval: true }),
      };
      const done = Object.entries(attempts).map(([name, attempt]) => {
        try { attempt(); return name + ' worked'; } catch (error) { return name + ' ' + error.code; }
      });
      const reached = await new Promise((resolve) => {
        const socket = net.connect(${port}, '127.0.0.1', () => resolve('worked'));
        socket.on('error', () => resolve('refused'));
      });
      throw new Error([...done, 'network ' + reached, 'environment ' + Object.keys(process.env).sort()].join('; '));
    `);
    server.close();
    for (const name of ['read', 'list', 'write', 'start', 'thread'])
      expect(message).toContain(`${name} ERR_ACCESS_DENIED`);
    expect(message).toContain(`network ${hasNamespaces() ? 'refused' : 'worked'}`);
    expect(message).toMatch(
      /environment (NODE_CHANNEL_FD,)?(NODE_CHANNEL_SERIALIZATION_MODE,)?PATH,TMPDIR/,
    );
    expect(existsSync(outside)).toBe(false);
  });

  it('measures what the mixer says of itself before it trains', async () => {
    const { source } = await checkedExample();
    expect(await outcomeOf(source.replace('reach: shift', 'reach: 0'))).toMatch(
      /mixer\.ts: the mixer does not train: mixer\.reach is 0, but what stands beyond changes/,
    );
    const overBatch = source.replace('tf.mul(x, here)', 'tf.mul(tf.mean(x, 0, true), here)');
    expect(await outcomeOf(overBatch)).toContain('it may compute nothing over the batch');
  });

  it('says what is wrong with a definition', async () => {
    expect(await outcomeOf('export const mixer = 1;')).toContain('expected object');
    const other = (await checkedExample()).source.replace("name: 'token-shift'", "name: 'other'");
    expect(await outcomeOf(other)).toContain('mixer.name is "other", expected "token-shift"');
  });
});
