/** Checksums of data that is in memory; `npy.ts` hashes files block by block. */
import { hash } from 'node:crypto';

/** SHA-256 in hex. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** First 12 hex digits of a text's SHA-256: an id in names of files and folders. */
export function shortHash(text: string): string {
  return sha256(text).slice(0, 12);
}
