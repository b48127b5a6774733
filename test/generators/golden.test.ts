/**
 * Bytes that must not change while a task keeps its version. After a change that is meant to change
 * them, raise the version and run `npx vitest run test/generators/golden.test.ts -u`.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../generators/store/dataset.ts';
import { findTask, resolveOptions } from '../../generators/registry.ts';
import { splits, type TierName } from '../../generators/task.ts';
import { archive, make, sharedData, temporaryFolder, tinyReviews } from './support.ts';
import { tinyPictures } from './tinyPictures.ts';

const golden = (name: string) => join(import.meta.dirname, '..', 'golden', `${name}.json`);
const asText = (value: unknown) => JSON.stringify(value, null, 2) + '\n';

/** Checksums of the files of a data set. */
async function checksums(name: string, tier: TierName, options = {}, sources?: string) {
  const out = join(temporaryFolder(), name);
  await make(out, name, options, { tier, ...(sources && { sources }) });
  const { meta } = await openDataset(out);
  return {
    version: meta.generatorVersion,
    files: Object.fromEntries(
      Object.entries(meta.files).map(([path, { sha256 }]) => [path, sha256]),
    ),
  };
}

/** Checksum of the first twenty examples of each split. */
async function beginnings(name: string, tier: TierName, sources?: string) {
  const task = findTask(name);
  const { example } = await task.open(resolveOptions(task, tier), 1, sources);
  const digests = splits.map((split) => {
    const hash = createHash('sha256');
    for (let i = 0; i < 20; i++) {
      const { tokens, label, group, distance } = example(split, i);
      hash.update(`${Array.from(tokens).join()} ${label} ${group} ${distance}\n`);
    }
    return [split, hash.digest('hex')];
  });
  return { version: task.version, ...(Object.fromEntries(digests) as Record<string, string>) };
}

describe('the same bytes as ever', () => {
  it.each([
    ['recall', 'smoke'],
    ['recall', 'lite'],
    ['listops', 'smoke'],
    ['listops', 'lite'],
    ['listops-distance', 'smoke'],
    ['retrieval-distance', 'smoke'],
    ['image-distance', 'smoke'],
    ['text-distance', 'smoke'],
    ['pathfinder-distance', 'smoke'],
    ['pathfinder', 'smoke'],
    ['pathx', 'smoke'],
    ['pathx-256', 'smoke'],
  ] as const)('come from %s, tier %s', async (name, tier) => {
    await expect(asText(await checksums(name, tier))).toMatchFileSnapshot(
      golden(`${name}-${tier}`),
    );
  });

  it.each([
    ['recall', 'lra'],
    ['listops', 'lra'],
    ['listops-distance', 'lite'],
    ['listops-distance', 'lra'],
    ['retrieval-distance', 'lite'],
    ['retrieval-distance', 'lra'],
    ['image-distance', 'lite'],
    ['image-distance', 'lra'],
    ['text-distance', 'lite'],
    ['text-distance', 'lra'],
    ['pathfinder-distance', 'lite'],
    ['pathfinder-distance', 'lra'],
    ['pathfinder', 'lite'],
    ['pathfinder', 'lra'],
    ['pathx', 'lite'],
    ['pathx', 'lra'],
    ['pathx-256', 'lite'],
    ['pathx-256', 'lra'],
  ] as const)('come from the first examples of %s, tier %s', async (name, tier) => {
    await expect(asText(await beginnings(name, tier))).toMatchFileSnapshot(
      golden(`${name}-${tier}`),
    );
  });

  it.each(['near', 'far', 'all'] as const)('come from a signal, %s', async (signal) => {
    for (const name of ['recall', 'text-distance']) {
      const made = await checksums(name, 'smoke', { signal });
      await expect(asText(made)).toMatchFileSnapshot(golden(`${name}-smoke-${signal}`));
    }
  });

  it('come from no signal, asked for', async () => {
    for (const name of ['recall', 'text-distance']) {
      const made = await checksums(name, 'smoke', { signal: 'none' });
      await expect(asText(made)).toMatchFileSnapshot(golden(`${name}-smoke`));
    }
  });

  it('come from image with a few pictures of our own', async () => {
    const sources = temporaryFolder();
    writeFileSync(join(sources, 'cifar-10-binary.tar.gz'), await archive(tinyPictures(40)));
    const made = await checksums('image', 'smoke', { train: 60, val: 16, test: 40 }, sources);
    await expect(asText(made)).toMatchFileSnapshot(golden('image-tiny'));
  });

  it('come from text with a few reviews of our own', async () => {
    const sources = temporaryFolder();
    writeFileSync(join(sources, 'aclImdb_v1.tar.gz'), await archive(tinyReviews(40)));
    const options = { length: 48, train: 60, val: 16, test: 40 };
    const made = await checksums('text', 'smoke', options, sources);
    await expect(asText(made)).toMatchFileSnapshot(golden('text-tiny'));
  });

  const real = sharedData('aclImdb_v1.tar.gz', 'the golden checksums of text');
  it.runIf(real)('come from the first examples of text, tier lite', async () => {
    const made = await beginnings('text', 'lite', join(real!, '..'));
    await expect(asText(made)).toMatchFileSnapshot(golden('text-lite'));
  });

  const pictures = sharedData('cifar-10-binary.tar.gz', 'the golden checksums of image');
  it.runIf(pictures)('come from the first examples of image, tier lite', async () => {
    const made = await beginnings('image', 'lite', join(pictures!, '..'));
    await expect(asText(made)).toMatchFileSnapshot(golden('image-lite'));
  });

  const pairs = sharedData('acl_citation_pairs.train.tsv.gz', 'the golden checksums of retrieval');
  it.runIf(pairs).each(['smoke', 'lite', 'lra'] as const)(
    'come from the first examples of retrieval, tier %s',
    async (tier) => {
      const made = await beginnings('retrieval', tier, join(pairs!, '..'));
      await expect(asText(made)).toMatchFileSnapshot(golden(`retrieval-${tier}`));
    },
  );
});
