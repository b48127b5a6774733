/** Submissions with a file too many, too few, too large, or that is no file. */
import fc from 'fast-check';
import { kinds, validFiles, validSubmission, type Hostile } from './valid.ts';

export const specialEntry = fc
  .tuple(
    kinds,
    fc.constantFrom<[string, 'link' | 'folder' | 'pipe'][]>(
      ['README.md', 'link'],
      ['README.md', 'folder'],
      ['README.md', 'pipe'],
      ['submission.json', 'link'],
      ['submission.json', 'pipe'],
      ['data', 'link'],
      ['data', 'folder'],
      ['<b>', 'link'],
    ),
  )
  .map(([kind, [name, what]]): Hostile => {
    const files = validSubmission(kind);
    delete files[name];
    const field = new RegExp(`entry "${name.replace('.', '\\.')}"`);
    return { files, special: { name, kind: what }, file: 'submission', field };
  });

export const linkedFile = fc
  .tuple(kinds, fc.constantFrom<('link' | 'folder' | 'pipe')[]>('link', 'folder', 'pipe'))
  .map(([kind, what]): Hostile => {
    const files = validSubmission(kind);
    const name = Object.keys(validFiles[kind]())[0]!;
    delete files[name];
    return { files, special: { name, kind: what }, file: 'submission', field: /entry "a\./ };
  });

export const giantFile = kinds.map((kind): Hostile => {
  const files = validSubmission(kind);
  const name = Object.keys(validFiles[kind]())[0]!;
  delete files[name];
  return { files, special: { name, kind: 'giant' }, file: name, field: /the file/ };
});

export const otherFiles = fc
  .tuple(
    kinds,
    fc.constantFrom('evil.sh', 'a.data', '.git', '=1+1', '<i>', 'x'.repeat(200)),
    fc.boolean(),
  )
  .map(([kind, name, gone]): Hostile => {
    if (!gone)
      return {
        files: { ...validSubmission(kind), [name]: 'x' },
        file: 'submission',
        field: /^file "/,
      };
    const files = validSubmission(kind);
    const file = Object.keys(validFiles[kind]())[0]!;
    delete files[file];
    return { files, file, field: /the file/ };
  });
