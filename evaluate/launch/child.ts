/**
 * The child process of one run, tuning or pretraining: takes an order as a message, reports ticks, and ends
 * with the record or with what went wrong. Native libraries and their memory live and die with it.
 */
import { openEngine } from '../engine/open.ts';
import { messageOf, stackOf } from '../../core/errors.ts';
import { stopMessage, type Order, type Report } from './protocol.ts';
import type { Circumstances, Tick } from '../runs/execute.ts';
import { StoppedError, execute, executeStage } from '../runs/execute.ts';
import { clearFailure } from '../runs/failures.ts';
import { lockRun, readRecord, recordPath } from '../runs/store.ts';

/** Milliseconds between two ticks. */
const tickEvery = 200;

const send = (report: Report) =>
  new Promise<void>((resolve) => process.send!(report, undefined, undefined, () => resolve()));

const stopping = new AbortController();

async function executeLine(order: Order): Promise<Report> {
  const { line, place, force } = order;
  const { kind, id, spec } = line;
  if (kind !== 'run') {
    await executeStage(kind, spec, await circumstances(order));
    await clearFailure(place.work, id);
    return { kind: 'prepared' };
  }
  const lock = await lockRun(place.work, id, (text) => void send({ kind: 'note', text }));
  if (!lock) return { kind: 'busy' };
  try {
    // Another process may have finished it since the parent looked.
    const found = force ? undefined : await readRecord(recordPath(place.runs, spec));
    if (found) return { kind: 'record', record: found, isNew: false };
    const record = await execute(spec, await circumstances(order));
    await clearFailure(place.work, id);
    return { kind: 'record', record, isNew: true };
  } finally {
    await lock.release();
  }
}

async function circumstances(order: Order): Promise<Circumstances> {
  const { place, execution } = order;
  const { threads, microBatch } = execution;
  const engine = await openEngine(execution.engine, execution);
  let last = 0;
  const onTick = (tick: Tick) => {
    const now = performance.now();
    if (now - last < tickEvery && tick.done < tick.of) return;
    last = now;
    void send({ kind: 'tick', tick });
  };
  const onNote = (text: string) => void send({ kind: 'note', text });
  return { place, engine, threads, microBatch, onTick, onNote, stop: stopping.signal };
}

process.once('message', (order: Order) => {
  process.on('message', (message) => {
    if (message === stopMessage) stopping.abort();
  });
  void (async () => {
    try {
      await send(await executeLine(order));
      process.exit(0);
    } catch (error) {
      if (error instanceof StoppedError) await send({ kind: 'stopped' });
      else {
        await send({ kind: 'error', message: messageOf(error), stack: stackOf(error) });
      }
      process.exit(1);
    }
  })();
});
// Signals go to the whole group of a terminal; the parent decides what they mean.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGHUP'] as const)
  process.on(signal, () => undefined);
// Without its parent a worker has nobody to report to; its checkpoint is kept.
process.once('disconnect', () => process.exit(1));
