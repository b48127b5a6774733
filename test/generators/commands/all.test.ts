import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tasks } from '../../../generators/registry.ts';
import { generate, temporaryFolder } from '../support.ts';

const dir = temporaryFolder();

describe('generate alone', () => {
  it('makes, verifies and shows every task that needs no real data, and names the others', () => {
    const place = join(dir, 'all');
    const none = join(dir, 'none');
    const { code, out: printed } = generate('all', '--out', place, '--sources', none);
    expect(code).toBe(0);
    const real = ['text', 'image', 'retrieval'];
    for (const { name, title } of tasks) {
      if (real.includes(name)) {
        expect(printed).toMatch(
          new RegExp(`Left out.* ${name}: There (are|is) no .* in ${none}: `),
        );
        continue;
      }
      expect(printed).toContain(`${title} (${name}).`);
      expect(printed).toMatch(new RegExp(`^${name} .* \\d+\\.\\d$`, 'm'));
    }
    expect(readdirSync(place)).toHaveLength(tasks.length - real.length);
    expect(printed).toContain('npm run generate -- list');
  });
});
