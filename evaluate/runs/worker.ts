/**
 * The child process of one run: takes an order as a message, reports ticks, and ends with the
 * record or with what went wrong. Native libraries and their memory live and die with it.
 */
import type { RunRecord, RunSpec } from '../../leaderboards/schema.ts';
import { openEngine } from '../engine/open.ts';
import { messageOf } from '../errors.ts';
import type { Place, Tick } from './execute.ts';
import { execute } from './execute.ts';

export interface Order {
  spec: RunSpec;
  place: Place;
  engine: string;
  threads: number;
}

export type Report =
  | { kind: 'tick'; tick: Tick }
  | { kind: 'record'; record: RunRecord }
  | { kind: 'error'; message: string; stack: string };

const send = (report: Report) =>
  new Promise<void>((resolve) => process.send!(report, undefined, undefined, () => resolve()));

process.once('message', (order: Order) => {
  let last = 0;
  void (async () => {
    try {
      const engine = await openEngine(order.engine, { threads: order.threads });
      const record = await execute(order.spec, order.place, engine, order.threads, (tick) => {
        const now = performance.now();
        if (now - last < 200 && tick.done < tick.of) return;
        last = now;
        void send({ kind: 'tick', tick });
      });
      await send({ kind: 'record', record });
      process.exit(0);
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? '') : '';
      await send({ kind: 'error', message: messageOf(error), stack });
      process.exit(1);
    }
  })();
});
// Without its parent a worker has nobody to report to; its checkpoint is kept.
process.once('disconnect', () => process.exit(1));
