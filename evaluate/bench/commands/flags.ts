/** Flags that several benchmarks share, and the file that their figures may be written to. */
import { file, flag, listOf, oneOf, whole, type Kind } from '../../../core/cli/flags.ts';
import { writeWhole } from '../../../core/files.ts';
import { openDisplay } from '../../../core/terminal/progress.ts';
import { findMixer } from '../../../models/registry.ts';
import { engineNames } from '../../engine/open.ts';
import { referenceStep } from '../../training/stepper.ts';

/** A model's name. */
const model: Kind<string> = { word: 'NAME', read: (given) => findMixer(given).name };

export const modelFlag = flag(model, { default: 'transformer', help: 'any model' });
export const modelsFlag = (about: { shown: string; default?: string[] }) =>
  flag(listOf(model), { help: 'models, joined by commas', aliases: ['models'], ...about });

export const count = whole(1, 999_999);
export const counts = listOf(count, 'NUMBERS');

export const engineFlag = flag(oneOf('engine', engineNames), {
  default: 'onnx-cpu',
  help: engineNames.join(', '),
});
export const threadsFlag = flag(count, { default: 1, help: 'CPU threads' });

export const lengthFlag = (length: number = referenceStep.length) =>
  flag(count, { default: length, help: 'tokens per sequence' });
export const lengthsFlag = (lengths: readonly number[]) =>
  flag(counts, { default: [...lengths], help: 'tokens per sequence, a measurement each' });
export const batchFlag = (batch: number = referenceStep.batch) =>
  flag(count, { default: batch, help: 'sequences per step' });

export const jsonFlag = flag(file, {
  help: 'also writes the figures, every single one included, as JSON',
});

export async function writeReport(path: string | undefined, report: unknown): Promise<void> {
  if (path !== undefined) await writeWhole(path, `${JSON.stringify(report, null, 2)}\n`);
}

/** Progress of a benchmark: a function that takes the text to show, and is closed by `undefined`. */
export function progressOf(job: string): (text?: string) => void {
  const display = openDisplay();
  return (text) => (text === undefined ? display.close() : display.update(job, text, 0));
}
