/**
 * Runs trained models on the drawn sibling groups, once the reader asks for it: ONNX Runtime's
 * WebAssembly, the models and the examples are loaded then, all from this site.
 */
import type { InferenceSession } from 'onnxruntime-web/wasm';
import type { TaskExamples } from '../pages/tasks/[task].examples.json.ts';
import { answersHtml } from './answers.ts';

const section = document.getElementById('trained')!;
const button = document.getElementById('trained-load') as HTMLButtonElement;
const status = document.getElementById('trained-status')!;
const form = section.closest('form')!;
const models = [...section.querySelectorAll<HTMLElement>('.asked-model')];

if (typeof WebAssembly === 'object') {
  button.hidden = false;
  button.addEventListener('click', () => void start());
} else status.textContent = 'This browser has no WebAssembly, so it cannot run them.';

async function start(): Promise<void> {
  button.disabled = true;
  status.textContent = 'Loading …';
  try {
    const { env, InferenceSession, Tensor } = await import('onnxruntime-web/wasm');
    // More threads need headers that a static site cannot set.
    env.wasm.numThreads = 1;
    const { answers, groups } = JSON.parse(
      await (await load(section.dataset.examples!)).text(),
    ) as TaskExamples;
    const sessions: InferenceSession[] = [];
    for (const { dataset } of models) {
      const bytes = new Uint8Array(await (await load(dataset.file!)).arrayBuffer());
      sessions.push(await InferenceSession.create(bytes, { executionProviders: ['wasm'] }));
    }

    /** Logits of every sibling. */
    const ask = async (session: InferenceSession, group: TaskExamples['groups'][number]) => {
      const all: number[][] = [];
      for (const { tokens } of group.siblings) {
        const input = new Tensor('int32', Int32Array.from(tokens), [1, tokens.length]);
        const { logits } = await session.run({ tokens: input });
        all.push(Array.from(logits!.data as Float32Array));
      }
      return all;
    };
    // One at a time: a session runs one call, and the last choice is what has to be shown.
    let turn = Promise.resolve();
    const answer = async (): Promise<void> => {
      const chosen = Number(new FormData(form).get('distance'));
      const group = groups[chosen]!;
      for (const [m, { dataset, children }] of models.entries()) {
        const labels = group.siblings.map(({ label }) => label);
        const logits = await ask(sessions[m]!, group);
        const reach = dataset.reach ? Number(dataset.reach) : null;
        const place = [...children].find(({ className }) => className === 'answers')!;
        const onTest = dataset.accuracies!.split(',')[chosen]!;
        place.innerHTML = answersHtml({ logits, labels, answers, reach, onTest, ...group });
      }
      status.textContent = `Answers at distance ${group.distance}. Choose another above.`;
    };
    const show = () => (turn = turn.then(answer).catch(fail));
    form.addEventListener('change', ({ target }) => {
      if ((target as HTMLInputElement).name === 'distance') void show();
    });
    await show();
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  button.disabled = false;
  const why = error instanceof Error ? error.message : String(error);
  status.textContent = `They could not be run in this browser (${why}); try again.`;
}

async function load(address: string): Promise<Response> {
  const response = await fetch(address);
  if (response.ok) return response;
  throw new Error(`${address} answered ${response.status}`);
}
