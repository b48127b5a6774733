import { describe, expect, it } from 'vitest';
import { addressesFrom } from '../../../../../site/src/lib/data/addresses.ts';

const cff = (...lines: string[]) => ['title: Reach', ...lines].join('\n');

describe('where the project lives', () => {
  it('is nowhere as long as CITATION.cff names nothing', () => {
    expect(addressesFrom(cff())).toEqual({ repository: null, contact: null });
  });
  it('is the repository, whose issues are the contact where nobody else is', () => {
    const text = cff('repository-code: https://example.org/reach/');
    expect(addressesFrom(text)).toEqual({
      repository: 'https://example.org/reach',
      contact: { href: 'https://example.org/reach/issues', text: 'an issue' },
    });
    expect(addressesFrom(text, 'https://example.com/copy').repository).toBe(
      'https://example.com/copy',
    );
  });
  it('is who is named with an address of mail', () => {
    const text = cff('contact:', '  - name: Reach', '    email: reach@example.org');
    expect(addressesFrom(text).contact).toEqual({
      ...{ href: 'mailto:reach@example.org', text: 'reach@example.org' },
    });
  });
  it('is no address that is none', () => {
    expect(() => addressesFrom(cff('repository-code: here'))).toThrow(/repository-code/);
  });
});
