import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/** Parts are joined up to here before they are written. */
const writeLength = 64 * 1024;

/** Writes a new file, asking for the next part only when the disk has taken the last. */
export async function writeText(
  path: string,
  text: AsyncIterable<string> | Iterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    let pending = '';
    for await (const part of text) {
      signal.throwIfAborted();
      pending += part;
      if (pending.length < writeLength) continue;
      await file.appendFile(pending);
      pending = '';
    }
    await file.appendFile(pending);
  } finally {
    await file.close();
  }
}

/** As {@link writeText}, but the file appears, or is replaced, only when it is complete. */
export async function replaceText(
  path: string,
  text: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  // Beside the file, since a rename works only within one file system.
  const draft = `${path}.${randomUUID().slice(0, 8)}.part`;
  try {
    await writeText(draft, text, signal);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
