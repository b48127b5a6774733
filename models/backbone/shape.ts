/** The facts of a task that decide a model's inputs and outputs. */
import type { Readout } from '../../core/vocabulary.ts';

/** A part of a task's shape. */
export interface ModelShape {
  /** Tokens per sequence; of each document, where there are two. */
  length: number;
  /** 2 where a pair of documents is judged; 1 when absent. */
  documents?: 1 | 2;
  /** Whether ids stand for grey levels, id − 1; they are tokens without an order when absent. */
  input?: 'tokens' | 'levels';
  /** Ids run from 0 to vocabulary - 1; 0 is padding. */
  vocabulary: number;
  classes: number;
  /** `pool`: mean over the tokens that are no padding. `query`: the last position. */
  readout: Readout;
  /** Whether sequences may be shorter than `length`. */
  padded: boolean;
}
