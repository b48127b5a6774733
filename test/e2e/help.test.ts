/** The text of every --help, word for word: a change of a flag or a default shows in a review. */
import { describe, expect, it } from 'vitest';
import { overview, type Program } from '../../core/cli/program.ts';
import { program as bench } from '../../evaluate/bench/program.ts';
import { program as evaluate } from '../../evaluate/program.ts';
import { report } from '../../evaluate/twins/report.ts';
import { program as generate } from '../../generators/program.ts';
import { make } from '../../generators/commands/make.ts';

/** All help texts of a program. */
async function helpOf(program: Program): Promise<string> {
  const texts = [overview(program)];
  for (const { load } of Object.values(program.commands)) texts.push((await load()).help);
  return texts.join(`\n\n${'='.repeat(100)}\n\n`) + '\n';
}

describe('the text of every --help', () => {
  it.each<[string, Program]>([
    ['generate', generate],
    ['evaluate', evaluate],
    ['bench', bench],
  ])('of npm run %s', async (name, program) => {
    const text = await helpOf(program);
    await expect(text).toMatchFileSnapshot(`__snapshots__/${name}.txt`);
    // Lists of names are as long as they are; everything else fits a terminal.
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  it('of commands that stand alone', async () => {
    await expect(`${make.help}\n\n${report.help}\n`).toMatchFileSnapshot('__snapshots__/alone.txt');
  });
});
