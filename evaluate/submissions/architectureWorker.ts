/** The thread that parses submitted mixers: text in, the fit source or what is wrong with it out. */
import { parentPort } from 'node:worker_threads';
import { inspectMixer } from './architectureFile.ts';
import { SubmissionError } from './errors.ts';

export interface Question {
  text: string;
  file: string;
}

export type Answer = { source: string } | { field: string; problem: string };

parentPort!.on('message', ({ text, file }: Question) => {
  let answer: Answer;
  try {
    answer = { source: inspectMixer(text, file) };
  } catch (error) {
    if (!(error instanceof SubmissionError)) throw error;
    answer = { field: error.field, problem: error.problem };
  }
  parentPort!.postMessage(answer);
});
