/** JSON Lines (https://jsonlines.org), one file a split (and one of the part `signal`): an object an example. */
import { join } from 'node:path';
import { partsOf } from '../../task.ts';
import { columnsOf, type FormatSource } from './format.ts';
import { writeStream } from './lines.ts';

export async function writeJsonl(dir: string, { meta, examples }: FormatSource): Promise<void> {
  const columns = columnsOf(meta.shape);
  for (const part of partsOf(meta.shape)) {
    const lines = async function* () {
      for await (const example of examples(part)) {
        const record = columns.map(({ name, value }) => {
          const cell = value(example);
          return [name, typeof cell === 'number' ? cell : Array.from(cell)];
        });
        yield `${JSON.stringify(Object.fromEntries(record))}\n`;
      }
    };
    await writeStream(join(dir, `${part}.jsonl`), lines());
  }
}
