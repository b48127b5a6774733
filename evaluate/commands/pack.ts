/** `npm run evaluate -- pack` */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { command } from '../../core/cli/command.ts';
import { file, flag, repeated, toggle } from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import { claimFile, writeVia } from '../../core/files.ts';
import { folder, starter, writeArchive, type Entry } from '../pack/archive.ts';
import { ownFiles, packageFiles } from '../pack/files.ts';
import { checkedOut } from '../runs/provenance.ts';
import { root } from './execution.ts';

/** Commands of the archive, as the scripts of package.json. */
const starters = {
  generate: 'generators/cli.ts',
  evaluate: 'evaluate/cli.ts',
  bench: 'evaluate/bench/cli.ts',
};

export const pack = command({
  name: 'npm run evaluate -- pack',
  about:
    'Packs what runs here into one archive for machines without npm or network, such as the GPU nodes of a cluster: the commands, the packages that they need, ONNX Runtime and Node itself.',
  flags: {
    out: flag(file, { default: 'reach-arena.tgz', help: 'the archive' }),
    force: toggle('replaces the archive if it exists'),
    library: repeated(file, {
      help: "a shared library to take along, found there after the machine's own (WebGPU needs libvulkan.so.1 if no Vulkan is installed)",
    }),
    withoutNode: toggle(
      "leaves Node out (a third of the archive); the machine's own starts the commands",
    ),
  },
  notes: `On the other machine:
  tar xzf reach-arena.tgz && reach-arena/bin/evaluate engines
  reach-arena/bin/bench step --engine onnx-webgpu --batch 32 --length 1024

The archive is for the platform that packs it. Records made with it name this commit.`,
  examples: ['--out reach-arena.tgz'],
  async run(values) {
    for (const library of values.library)
      if (!existsSync(library)) throw new UsageError(`--library ${library} does not exist.`);

    await claimFile(values.out, values.force);
    if (existsSync(join(root, 'packed.json')))
      throw new UsageError('This is an unpacked archive already: pack where npm ci was run.');

    const own = await ownFiles(root);
    const entries: Entry[] = [
      ...[...own, ...(await packageFiles(root, own))].map((name) => copy(name, join(root, name))),
      ...values.library.map((library) => copy(join('lib', basename(library)), library)),
      ...Object.entries(starters).map(([name, script]) => ({
        name: `bin/${name}`,
        mode: 0o755,
        text: starter(script),
      })),
      { name: 'packed.json', mode: 0o644, text: `${JSON.stringify(checkedOut())}\n` },
    ];
    if (!values.withoutNode) {
      entries.push({ ...copy('bin/node', process.execPath), mode: 0o755 });
    }

    await writeVia(values.out, (temporary) => writeArchive(temporary, entries));
    const { size } = await stat(values.out);
    console.log(`${entries.length} files, ${(size / 1e6).toFixed(0)} MB, in ${values.out}`);
    console.log(`there: tar xzf ${basename(values.out)} && ${folder}/bin/evaluate engines`);
  },
});

const copy = (name: string, from: string): Entry => ({ name, mode: 0o644, from });
