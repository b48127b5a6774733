/**
 * The data card of an export in Parquet: a README.md whose header tells the Hugging Face Hub, and
 * `datasets.load_dataset(FOLDER)`, which file is which split (https://huggingface.co/docs/hub/datasets-cards).
 */
import { stringify } from 'yaml';
import type { Meta } from '../meta.ts';
import { countOf, partsOf } from '../../task.ts';
import { meaningOf } from './croissant.ts';
import { columnsOf } from './format.ts';

/** The Hub's name of a split, or of the part `signal`. */
const hubName = { train: 'train', val: 'validation', test: 'test', signal: 'signal' } as const;

/** What stands in the card and in the metadata alike. `license` is known of what no real data went into. */
export function factsOf({ task, tier, seed, title, origin, source, package: version }: Meta) {
  const made = origin === 'generated' ? `generated from seed ${seed}` : 'imported';
  const from = source === undefined ? '' : ` from real data (${source})`;
  const isOwn = origin === 'generated' && source === undefined;
  return {
    name: `reach-arena-${task}-${tier}`,
    title: `${title} (Reach Arena, tier ${tier})`,
    description: `${title}, task ${task} of Reach Arena at tier ${tier}, ${made}${from} by version ${version} of the package.`,
    ...(isOwn && { license: 'https://www.apache.org/licenses/LICENSE-2.0' }),
  };
}

export function dataCard(meta: Meta): string {
  const { title, description, license } = factsOf(meta);
  const { shape } = meta;
  const header = stringify({
    pretty_name: title,
    license: license ? 'apache-2.0' : 'other',
    tags: ['reach-arena', 'long-range', 'sequence-classification'],
    configs: [
      {
        config_name: 'default',
        data_files: partsOf(shape).map((part) => ({
          split: hubName[part],
          path: `${part}.parquet`,
        })),
      },
    ],
  });
  const terms = license
    ? ''
    : 'Real data went in: its own terms hold for the texts or pictures. Say them here before you publish this.\n\n';
  const rows = columnsOf(shape).map(
    ({ name, list }) =>
      `| \`${name}\` | ${list ? 'list of int32' : 'int32'} | ${meaningOf(name)} |`,
  );
  const distances =
    shape.distances.length > 0 ? ` Distances: ${shape.distances.join(', ')} tokens at least.` : '';
  const signal = shape.signal
    ? ` In rows of \`signal\` the token at position ${shape.signal.position} is to be hidden from a model that was pretrained on the inputs: it is what the label says.`
    : '';
  const counts = partsOf(shape).map((part) => `${countOf(shape, part)} ${hubName[part]}`);
  return `---
${header}---

# ${title}

${description}

${terms}Sequences of ${shape.padded ? 'at most ' : ''}${shape.length} tokens, ids below ${shape.vocabulary}, ${shape.classes} classes.${distances} Examples: ${counts.join(', ')}. Rows of a group belong to one split, and the test split is for one look at the end.${signal}

| column | type | what |
| --- | --- | --- |
${rows.join('\n')}

\`\`\`python
from datasets import load_dataset

data = load_dataset("parquet", data_files={"train": "train.parquet", "validation": "val.parquet", "test": "test.parquet"})
\`\`\`

\`croissant.json\` describes the same files to machines (https://mlcommons.org/croissant); add \`url\` and \`datePublished\` where you publish it. \`export.json\` has every option.
`;
}
