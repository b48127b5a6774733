/** Addresses within the site, with or without a base path. Every internal link goes through here. */
// Not import.meta.env.BASE_URL, which an environment variable of that name would replace.
import { base } from 'astro:config/client';

/** As text, because Astro's type of it is known only after a first build. */
const root = String(base);

/** @param path from the root of the site, with its leading slash */
export function href(path: `/${string}`): string {
  return root.replace(/\/$/, '') + path;
}
