/**
 * Apache Parquet (https://parquet.apache.org/docs/file-format), one file a split (and one of the part `signal`), by
 * hyparquet-writer: lists of int32 in the three-level form, row group by row group. They load with
 * `datasets.load_dataset("parquet", data_files={"train": "train.parquet", ...})`. A data card and
 * Croissant metadata lie beside them.
 */
import { open, writeFile as writeText, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { DataError, reasonOf } from '../../../core/errors.ts';
import { arrayWidth, type Meta } from '../meta.ts';
import { partsOf, type StoredExample } from '../../task.ts';
import { croissantOf } from './croissant.ts';
import { dataCard, factsOf } from './dataCard.ts';
import { columnsOf, type Column, type FormatSource } from './format.ts';

/** Tokens of a row group, or one example if that has more; they are in memory together. */
const groupTokens = 1 << 19;
const mostRows = 10_000;

export async function writeParquet(dir: string, { meta, examples }: FormatSource): Promise<void> {
  for (const part of partsOf(meta.shape)) {
    const path = join(dir, `${part}.parquet`);
    try {
      const file = await open(path, 'wx');
      try {
        await writeFile(file, meta, examples(part));
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
    }
  }
  try {
    await writeText(join(dir, 'README.md'), dataCard(meta), { flag: 'wx' });
    const metadata = await croissantOf(dir, meta, factsOf(meta));
    const text = JSON.stringify(metadata, null, 2) + '\n';
    await writeText(join(dir, 'croissant.json'), text, { flag: 'wx' });
  } catch (error) {
    throw new DataError(`Cannot describe the files in ${dir}: ${reasonOf(error)}.`);
  }
}

async function writeFile(
  file: FileHandle,
  meta: Meta,
  examples: AsyncIterable<StoredExample>,
): Promise<void> {
  const columns = columnsOf(meta.shape);
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.flatMap((column) => schemaOf(column)),
    ],
    createdBy: `reach-arena ${meta.package}`,
  });
  const handOver = async () => {
    await file.appendFile(bytes.getBytes());
    bytes.index = 0;
  };
  let rows: StoredExample[] = [];
  const writeGroup = async () => {
    if (rows.length === 0) return;
    const columnData = columns.map(({ name, list, value }) => ({
      name,
      data: list
        ? rows.map((row) => Array.from(value(row) as ArrayLike<number>))
        : Int32Array.from(rows, (row) => value(row) as number),
    }));
    await parquet.write({ columnData, rowGroupSize: rows.length });
    rows = [];
    await handOver();
  };
  const most = Math.min(
    mostRows,
    Math.max(1, Math.floor(groupTokens / arrayWidth(meta.shape, 'inputs'))),
  );
  for await (const example of examples) {
    rows.push(example);
    if (rows.length === most) await writeGroup();
  }
  await writeGroup();
  await parquet.finish();
  await handOver();
}

/** A required number, or a required list of required numbers. */
function schemaOf({ name, list }: Column): SchemaElement[] {
  const number = { type: 'INT32', repetition_type: 'REQUIRED' } as const;
  if (!list) return [{ name, ...number }];
  const kind = { converted_type: 'LIST', logical_type: { type: 'LIST' } } as const;
  return [
    { name, repetition_type: 'REQUIRED', num_children: 1, ...kind },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', ...number },
  ];
}
