import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  freshProgress,
  readCheckpoint,
  writeCheckpoint,
} from '../../../evaluate/training/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../evaluate/training/safetensors.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true }));

const checkpoint = {
  progress: { ...freshProgress('train'), step: 7, lossSum: 1.5 },
  vectors: { parameters: Float32Array.of(1, -2.5), moment1: new Float32Array(2) },
};

describe('safetensors', () => {
  it('reads back what was written, aligned to eight bytes', () => {
    const file = encodeSafetensors({
      tensors: checkpoint.vectors,
      metadata: { note: 'µ' },
    });
    const header = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(header % 8).toBe(0);
    const { tensors, metadata } = decodeSafetensors(file);
    expect(tensors).toEqual(checkpoint.vectors);
    expect(metadata).toEqual({ note: 'µ' });
  });
});

describe('checkpoints', () => {
  it('are read back whole', async () => {
    const path = join(folder, 'deep', 'a.safetensors');
    await writeCheckpoint(path, 'run1', checkpoint);
    expect(await readCheckpoint(path, 'run1')).toEqual(checkpoint);
    expect(await readdir(join(folder, 'deep'))).toEqual(['a.safetensors']);
  });

  it('are put aside, not trusted, when cut, altered or of another run', async () => {
    for (const spoil of [
      (path: string) => truncate(path, 100),
      async (path: string) => {
        const bytes = await readFile(path);
        bytes[bytes.length - 70]! ^= 1;
        await writeFile(path, bytes);
      },
      async (path: string) => writeCheckpoint(path, 'run2', checkpoint),
    ]) {
      const path = join(folder, 'b.safetensors');
      await writeCheckpoint(path, 'run1', checkpoint);
      await spoil(path);
      const notes: string[] = [];
      const read = await readCheckpoint(path, 'run1', (text) => notes.push(text));
      expect(read).toBeUndefined();
      expect(notes).toEqual([
        expect.stringMatching(
          /^begins anew: its checkpoint is (not whole|of another run), and is kept as .*broken$/,
        ),
      ]);
      expect(await readdir(folder)).toEqual(['b.safetensors.broken']);
    }
  });

  it('are absent where there is no file', async () => {
    expect(await readCheckpoint(join(folder, 'none'), 'run1')).toBeUndefined();
  });
});
