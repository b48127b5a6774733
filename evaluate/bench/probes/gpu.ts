/**
 * The child process of one row of `npm run bench -- gpu`, because a GPU that runs out of memory may
 * end it: takes steps of one model on an engine and in PyTorch, eager and compiled, in turn.
 *
 * Sends its parent the figures as they come, so that what was measured before a failure is kept.
 */
import { openEngine } from '../../engine/open.ts';
import { messageOf } from '../../../core/errors.ts';
import { takers, type GpuMessage, type GpuProbe, type Taker } from '../gpu.ts';
import { Stepper, stepFeeds, stepProgram } from '../../training/stepper.ts';
import { findPython, TorchStepper, twins } from '../torch.ts';

/** Steps before the clock counts: PyTorch compiles in the first, memory is claimed in all. */
const warmUp = 3;

const send = (message: GpuMessage) => process.send!(message);

interface Running {
  taker: Taker;
  step(): Promise<{ milliseconds: number }>;
  stop(): void;
}

async function startEngine({ shape, engine: name }: GpuProbe): Promise<Running> {
  const engine = await openEngine(name);
  const feeds = stepFeeds(shape);
  const stepper = new Stepper(await engine.compile(stepProgram(shape)), feeds);
  send({ taker: 'engine', device: engine.device, parameters: feeds['parameters']!.length });
  return { taker: 'engine', step: () => stepper.step(), stop() {} };
}

async function startTorch(
  taker: 'eager' | 'compiled',
  { shape, torch: device }: GpuProbe,
): Promise<Running> {
  if (!twins.includes(shape.model!)) throw new Error(`PyTorch has no twin of ${shape.model}`);
  const python = findPython();
  if (!python) throw new Error('no python3 here can import torch');
  const stepper = await TorchStepper.start(python, shape, 1, { device, way: taker });
  const { device: name, version } = stepper.info;
  send({ taker, device: name, version });
  return { taker, step: () => stepper.step(), stop: () => stepper.stop() };
}

/** @returns nothing: the figures are sent as they come */
export async function measure(probe: GpuProbe): Promise<void> {
  let running: Running[] = [];
  for (const taker of takers) {
    try {
      running.push(await (taker === 'engine' ? startEngine(probe) : startTorch(taker, probe)));
    } catch (error) {
      send({ taker, problem: messageOf(error) });
    }
  }
  for (let step = -warmUp; step < probe.steps; step++) {
    for (const each of running) {
      try {
        const { milliseconds } = await each.step();
        if (step >= 0) send({ taker: each.taker, milliseconds });
      } catch (error) {
        running = running.filter((other) => other !== each);
        send({ taker: each.taker, problem: messageOf(error) });
      }
    }
  }
  for (const each of running) each.stop();
}
