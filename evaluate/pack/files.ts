/**
 * Which files the commands need at run time: the project's own, and of the installed packages those
 * that the code reaches by its imports, so that an archive of them is a tenth of node_modules.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** Folders of the project that the commands run from. */
const folders = ['core', 'generators', 'models', 'evaluate', 'leaderboards'];

/** Records and the files derived from them, which no run reads. */
const leftOut = join('leaderboards', 'runs');

/** Packages that are loaded only if the machine has them, and those that only packing needs. */
const external = ['@tensorflow/tfjs-node-gpu', 'esbuild'];

/** Paths from `root`, in order, of the project's own files. */
export async function ownFiles(root: string): Promise<string[]> {
  const found: string[] = ['package.json', 'start.js', 'README.md', 'LICENSE'].filter((name) =>
    existsSync(join(root, name)),
  );
  for (const folder of folders) {
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) found.push(relative(root, join(entry.parentPath, entry.name)));
  }
  return found.filter((path) => !path.startsWith(leftOut + sep)).sort();
}

/**
 * Paths from `root` of what `own` imports from installed packages, each package's own descriptions
 * included, and ONNX Runtime's library for the platform.
 */
export async function packageFiles(
  root: string,
  own: readonly string[],
  platform = process.platform,
  arch = process.arch,
): Promise<string[]> {
  // Not at the top: an archive has the commands without it.
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: root,
    // Every file, because workers and child processes are named by URL, which no import shows.
    entryPoints: own.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts')),
    bundle: true,
    splitting: true,
    metafile: true,
    write: false,
    outdir: 'unused',
    platform: 'node',
    format: 'esm',
    external,
    loader: { '.node': 'copy' },
    logLevel: 'silent',
  });
  const found = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    // Native libraries come below, those of this platform.
    if (!input.startsWith('node_modules/') || input.endsWith('.node')) continue;
    found.add(input);
    // Node looks for the nearest description to know which kind of module a file is.
    for (let folder = dirname(input); folder !== 'node_modules'; folder = dirname(folder)) {
      const description = join(folder, 'package.json');
      if (existsSync(join(root, description))) found.add(description);
    }
  }
  const native = join('node_modules/onnxruntime-node/bin/napi-v6', platform, arch);
  for (const name of await readdir(join(root, native))) found.add(join(native, name));
  return [...found].sort();
}
