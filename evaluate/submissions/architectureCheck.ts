/**
 * Checks a submitted mixer in a thread that can be ended: nested cleverly enough, a small text keeps
 * TypeScript's parser busy for long.
 */
import { Worker } from 'node:worker_threads';
import type { Answer, Question } from './architectureWorker.ts';
import { SubmissionError } from './errors.ts';
import { textOf } from './folder.ts';

export const mostArchitectureBytes = 65_536;

const seconds = 20;
const resourceLimits = { maxOldGenerationSizeMb: 512 };

/** Started once, and again after it was ended. */
let worker: Worker | undefined;
/** One question at a time. */
let last: Promise<unknown> = Promise.resolve();
/** What waits for the thread's answer, or for its end. */
let settle: ((outcome: Answer | Error) => void) | undefined;

/**
 * The file with its imports made absolute, fit to run from anywhere.
 *
 * @throws SubmissionError naming the line
 */
export function checkArchitecture(bytes: Uint8Array, file: string): Promise<string> {
  const text = textOf(bytes, file);
  const answer = last.then(() => ask({ text, file }));
  last = answer.catch(() => undefined);
  return answer;
}

async function ask(question: Question): Promise<string> {
  const { file } = question;
  worker ??= start();
  const asked = worker;
  asked.ref();
  let timer: NodeJS.Timeout | undefined;
  const outcome = await new Promise<Answer | Error | undefined>((resolve) => {
    settle = resolve;
    timer = setTimeout(() => resolve(undefined), seconds * 1000);
    asked.postMessage(question);
  });
  clearTimeout(timer);
  settle = undefined;
  if (outcome === undefined || outcome instanceof Error) {
    worker = undefined;
    await asked.terminate();
    const problem = outcome
      ? `cannot be parsed: ${outcome.message}`
      : `takes more than ${seconds} seconds to parse`;
    throw new SubmissionError(file, 'the text', problem);
  }
  asked.unref();
  if ('source' in outcome) return outcome.source;
  throw new SubmissionError(file, outcome.field, outcome.problem);
}

function start(): Worker {
  const url = new URL('./architectureWorker.ts', import.meta.url);
  const started = new Worker(url, { resourceLimits });
  started.on('message', (answer: Answer) => settle?.(answer));
  started.on('error', (error) => settle?.(error));
  return started;
}
