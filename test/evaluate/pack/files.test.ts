import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ownFiles, packageFiles } from '../../../evaluate/pack/files.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let own: string[];
let packages: string[];
beforeAll(async () => {
  own = await ownFiles(root);
  packages = await packageFiles(root, own);
});

describe('the files of an archive', () => {
  it('are there, each once, in order', () => {
    for (const list of [own, packages]) {
      expect(list).toEqual([...new Set(list)].sort());
      for (const path of list) expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  it('are the sources, without records and tests', () => {
    expect(own).toContain('evaluate/cli.ts');
    expect(own).toContain('evaluate/engine/onnx.proto');
    expect(own).toContain('evaluate/bench/torch_step.py');
    expect(own.filter((path) => /^(test|site)\/|^leaderboards\/runs\//.test(path))).toEqual([]);
  });

  it('are of packages what is imported, with their descriptions and the native library', () => {
    expect(packages).toContain('node_modules/zod/package.json');
    expect(packages).toContain('node_modules/onnxruntime-node/package.json');
    const native = `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}/`;
    expect(packages.some((path) => path.startsWith(native) && path.endsWith('.node'))).toBe(true);
    // Neither what only the site or the tests need, nor other platforms' libraries.
    expect(packages.filter((path) => /node_modules\/(astro|vitest|esbuild)\//.test(path))).toEqual(
      [],
    );
    expect(
      packages.filter((path) => path.includes('/bin/napi-v6/') && !path.startsWith(native)),
    ).toEqual([]);
  });
});
