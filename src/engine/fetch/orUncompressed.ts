import type { HttpResponse } from './httpClient';
import { isCodingFault } from './networkFailure';

/** None, or one that asks for no compression. */
export type CodingHeader = Readonly<Record<string, string>>;

/** Asks again, without compression, for what was damaged by it: some servers add to what they have compressed. */
export async function orUncompressed(
  get: (coding: CodingHeader) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  try {
    return await get({});
  } catch (error) {
    if (!isCodingFault(error)) throw error;
    return get({ 'Accept-Encoding': 'identity' });
  }
}
