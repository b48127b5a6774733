/** PyTorch, or JAX, in a process of its own that trains one step whenever it is asked. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StepShape } from '../training/stepper.ts';

/** Models that `torch_models.py` has, under the names of models/. */
export const twins: readonly string[] = [
  'transformer',
  'local',
  'linear-attention',
  's4d',
  'mamba',
];

const scriptOf = (way?: PeerWay): string =>
  fileURLToPath(new URL(way === 'jax' ? './jax_step.py' : './torch_step.py', import.meta.url));
/** The folder of torch_models.py. */
const models = fileURLToPath(new URL('../twins/', import.meta.url));

export interface TorchInfo {
  version: string;
  /** The library that multiplies matrices; `reference` is many times slower than any other. */
  blas: string;
  parameters: number;
  /** The GPU's name, or `cpu`. */
  device: string;
}

/**
 * Ways to take the step: PyTorch as written, with its fused attention, by torch.compile with it; and
 * JAX, on the CPU.
 */
export const peerWays = ['eager', 'sdpa', 'compiled', 'jax'] as const;
export type PeerWay = (typeof peerWays)[number];

/** How PyTorch is to take the step, eager on the CPU when absent. */
export interface TorchOptions {
  device?: 'cpu' | 'cuda';
  way?: PeerWay;
}

/** The Python of the environment of `peers/README.md`, then the system's. */
function pythons(): string[] {
  const { REACH_PEERS: venv } = process.env;
  return [...(venv ? [join(venv, 'bin', 'python')] : []), 'python3', '/usr/bin/python3'];
}

/** The first Python that can import `modules`, a list joined by commas, if there is one. */
export function findPython(modules = 'torch', candidates = pythons()): string | undefined {
  return candidates.find(
    (python) => spawnSync(python, ['-c', `import ${modules}`], { stdio: 'ignore' }).status === 0,
  );
}

export class TorchStepper {
  readonly info: TorchInfo;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;
  /** What it has said on stderr so far. */
  readonly #complaint: () => string;

  private constructor(
    child: ChildProcess,
    lines: AsyncIterator<string, undefined>,
    complaint: () => string,
    info: TorchInfo,
  ) {
    this.#child = child;
    this.#lines = lines;
    this.#complaint = complaint;
    this.info = info;
  }

  /** @throws Error with Python's own message when the script does not start. */
  static async start(
    python: string,
    shape: StepShape,
    threads: number,
    options: TorchOptions = {},
  ): Promise<TorchStepper> {
    const script = scriptOf(options.way);
    const count = String(threads);
    const config = JSON.stringify({ ...shape, threads, ...options });
    const child = spawn(python, ['-B', script, config], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PYTHONPATH: models,
        JAX_PLATFORMS: 'cpu',
        OMP_NUM_THREADS: count,
        OPENBLAS_NUM_THREADS: count,
      },
    });
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]() as AsyncIterator<
      string,
      undefined
    >;
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} could not run ${script}: ${complaint.trim()}`);
    return new TorchStepper(child, lines, () => complaint, JSON.parse(value) as TorchInfo);
  }

  async step(): Promise<{ milliseconds: number; loss: number }> {
    this.#child.stdin!.write('\n');
    const { value, done } = await this.#lines.next();
    if (done) {
      const complaint = this.#complaint().trim().split('\n').at(-1)!;
      throw new Error(complaint || 'PyTorch ended in the middle of a step.');
    }
    return JSON.parse(value) as { milliseconds: number; loss: number };
  }

  stop(): void {
    this.#child.stdin!.end();
  }
}
