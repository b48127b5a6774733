/// <reference types="vite/client" />
/**
 * Where the project lives: the repository and whom to write to, from CITATION.cff (`repository-code`,
 * `contact`), the one place that names them. Its `url` is the site's own (`astro.config.ts`).
 */
import { parse } from 'yaml';
import { z } from 'zod';
import cff from '../../../../CITATION.cff?raw';

export interface Addresses {
  /** Null as long as CITATION.cff names none. */
  repository: string | null;
  /** An address of mail, or the repository's issues. */
  contact: { href: string; text: string } | null;
}

const schema = z.object({
  'repository-code': z.url({ protocol: /^https$/ }).optional(),
  contact: z.array(z.object({ email: z.email().optional() })).optional(),
});

/**
 * @param override takes the place of the repository in the file, for those who publish a copy
 * @throws ZodError if an address is none
 */
export function addressesFrom(text: string, override?: string): Addresses {
  const { contact = [], ...found } = schema.parse(parse(text));
  const repository = (override || found['repository-code'])?.replace(/\/+$/, '') ?? null;
  const email = contact.flatMap((person) => person.email ?? [])[0];
  if (email) return { repository, contact: { href: `mailto:${email}`, text: email } };
  return {
    repository,
    contact: repository ? { href: `${repository}/issues`, text: 'an issue' } : null,
  };
}

export const addresses = addressesFrom(cff, process.env.SITE_REPOSITORY);
