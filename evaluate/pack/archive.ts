/** The archive that `evaluate pack` writes: one folder that runs without npm and without network. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** Name of the folder in the archive. */
export const folder = 'reach-arena';

/** A file of the archive: copied from a path, or written here. */
export type Entry = { name: string; mode: number } & ({ from: string } | { text: string });

/**
 * What starts a command: with the Node that came along, else the machine's own; libraries that came
 * along are found after the machine's own.
 */
export function starter(script: string): string {
  return `#!/bin/sh
# Starts ${script} of the folder that this file lies in.
root=$(cd "$(dirname "$0")/.." && pwd)
node="$root/bin/node"
[ -x "$node" ] || node=node
[ -d "$root/lib" ] && export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$root/lib"
exec "$node" "$root/start.js" "${script}" "$@"
`;
}

/** Writes `entries` in their order to a gzipped tar file, which exists in the end or not at all. */
export async function writeArchive(path: string, entries: readonly Entry[]): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createGzip({ level: 9 }), createWriteStream(path));
  // Every entry is as old as the epoch: same files, same bytes.
  const common = { mtime: new Date(0) };
  const filled = (async () => {
    for (const entry of entries) {
      const name = `${folder}/${entry.name}`;
      if ('text' in entry) tar.entry({ ...common, name, mode: entry.mode }, entry.text);
      else {
        const { size } = await stat(entry.from);
        const header = { ...common, name, mode: entry.mode, size };
        await pipeline(createReadStream(entry.from), tar.entry(header));
      }
    }
    tar.finalize();
  })();
  await Promise.all([written, filled]);
}
