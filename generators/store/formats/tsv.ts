/** Tab-separated text, one file a split (and one of the part `signal`): a header, then a line an example; lists by spaces. */
import { join } from 'node:path';
import { stringify } from 'csv-stringify';
import { partsOf } from '../../task.ts';
import { columnsOf, type FormatSource } from './format.ts';
import { writeStream } from './lines.ts';

export async function writeTsv(dir: string, { meta, examples }: FormatSource): Promise<void> {
  const columns = columnsOf(meta.shape);
  for (const part of partsOf(meta.shape)) {
    const lines = async function* () {
      for await (const example of examples(part))
        yield columns.map(({ value }) => {
          const cell = value(example);
          return typeof cell === 'number' ? cell : Array.prototype.join.call(cell, ' ');
        });
    };
    const names = columns.map(({ name }) => name);
    const text = stringify({ delimiter: '\t', header: true, columns: names });
    await writeStream(join(dir, `${part}.tsv`), lines(), text);
  }
}
