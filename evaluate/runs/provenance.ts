/** Where a result came from: versions, machine, commit. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, type } from 'node:os';
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import type { Engine } from '../engine/engine.ts';
import { processorHere } from './processor.ts';

const require = createRequire(import.meta.url);
const rootUrl = new URL('../../', import.meta.url);
const root = rootUrl.pathname;

function git(...args: string[]): string {
  try {
    const options = {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'],
    };
    return execFileSync('git', args, options).toString().trim();
  } catch {
    return '';
  }
}

function versionOf(name: string): string {
  const { version } = require(`${name}/package.json`) as { version: string };
  return version;
}

/** What runs and `collect` write, which does not count as a modification of the tree. */
const results = ['runs', 'exports', 'audits'].map((name) => `:!leaderboards/${name}`);

/** The commit that runs, and whether the tree differs from it. */
export type CheckedOut = Pick<RunRecord['provenance'], 'commit' | 'modified'>;

/** By git, or in an archive of `evaluate pack` by what that wrote. */
export function checkedOut(): CheckedOut {
  try {
    return JSON.parse(readFileSync(new URL('packed.json', rootUrl), 'utf8')) as CheckedOut;
  } catch {
    return {
      commit: git('rev-parse', 'HEAD') || 'unknown',
      modified: git('status', '--porcelain', '--', '.', ...results) !== '',
    };
  }
}

export function provenanceOf(
  engine: Pick<Engine, 'name' | 'device'>,
  threads: number,
  command: string,
): RunRecord['provenance'] {
  const processor = processorHere();
  return {
    engine: engine.name,
    device: engine.device,
    threads,
    node: process.versions.node,
    system:
      `${type()} ${release()} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`.slice(
        0,
        100,
      ),
    ...(processor && { processor }),
    packages: {
      '@tensorflow/tfjs': versionOf('@tensorflow/tfjs'),
      'onnxruntime-node': versionOf('onnxruntime-node'),
    },
    ...checkedOut(),
    command,
  };
}
