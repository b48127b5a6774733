/** `npm run evaluate -- pack` */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UsageError } from '../../core/errors.ts';
import { writeVia } from '../../core/files.ts';
import { folder, starter, writeArchive, type Entry } from '../pack/archive.ts';
import { ownFiles, packageFiles } from '../pack/files.ts';
import { checkedOut } from '../runs/provenance.ts';
import type { Command } from './command.ts';

/** Commands of the archive, as the scripts of package.json. */
const starters = {
  generate: 'generators/cli.ts',
  evaluate: 'evaluate/cli.ts',
  bench: 'evaluate/bench/cli.ts',
};

const root = fileURLToPath(new URL('../../', import.meta.url));

const help = `Packs what runs here into one archive for machines without npm or network, such as the GPU nodes of
a cluster: the commands, the packages that they need, ONNX Runtime and Node itself.

  npm run evaluate -- pack --out reach-arena.tgz
  tar xzf reach-arena.tgz && reach-arena/bin/evaluate engines          # there
  reach-arena/bin/bench step --engine onnx-webgpu --batch 32 --length 1024

  --out FILE            the archive (default reach-arena.tgz)
  --library FILE        a shared library to take along, found there after the machine's own; may be
                        repeated. WebGPU needs libvulkan.so.1 where no Vulkan is installed
  --without-node        leaves Node out (a third of the archive); the machine's own starts the commands

The archive is for this platform, ${process.platform} ${process.arch}. Commits of records made there are this one.`;

export const pack: Command = {
  help,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        out: { type: 'string', default: 'reach-arena.tgz' },
        library: { type: 'string', multiple: true, default: [] },
        'without-node': { type: 'boolean', default: false },
      },
    });
    for (const library of values.library)
      if (!existsSync(library)) throw new UsageError(`--library ${library} does not exist.`);

    if (existsSync(join(root, 'packed.json')))
      throw new UsageError('This is an unpacked archive already: pack where npm ci was run.');

    const own = await ownFiles(root);
    const entries: Entry[] = [
      ...[...own, ...(await packageFiles(root, own))].map((name) => copy(name, join(root, name))),
      ...values.library.map((library) => copy(join('lib', basename(library)), library)),
      ...Object.entries(starters).map(([name, script]) => ({
        ...{ name: `bin/${name}`, mode: 0o755 },
        text: starter(script),
      })),
      { name: 'packed.json', mode: 0o644, text: `${JSON.stringify(checkedOut())}\n` },
    ];
    if (!values['without-node']) {
      entries.push({ ...copy('bin/node', process.execPath), mode: 0o755 });
    }

    await writeVia(values.out, (temporary) => writeArchive(temporary, entries));
    const { size } = await stat(values.out);
    console.log(`${entries.length} files, ${(size / 1e6).toFixed(0)} MB, in ${values.out}`);
    console.log(`there: tar xzf ${basename(values.out)} && ${folder}/bin/evaluate engines`);
    return 0;
  },
};

const copy = (name: string, from: string): Entry => ({ name, mode: 0o644, from });
