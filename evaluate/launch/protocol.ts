/** The messages between a launcher and the child process of a line (`child.ts`). */
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import type { Line } from '../plan/manifest.ts';
import type { Place, Tick } from '../runs/execute.ts';
import type { Execution } from './execution.ts';

export interface Order {
  line: Line;
  place: Place;
  execution: Execution;
  /** Runs again what has a record. */
  force: boolean;
}

export type Report =
  | { kind: 'tick'; tick: Tick }
  | { kind: 'record'; record: RunRecord; isNew: boolean }
  /** A tuning or a pretraining is done. */
  | { kind: 'prepared' }
  /** One line for the reader, said at once. */
  | { kind: 'note'; text: string }
  /** Another process executes this line. */
  | { kind: 'busy' }
  | { kind: 'stopped' }
  | { kind: 'error'; message: string; stack: string };

/** Sent by the parent to end a run early, with a checkpoint. */
export const stopMessage = 'stop';
