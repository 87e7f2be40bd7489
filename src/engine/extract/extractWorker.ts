import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { CrawlFailure } from '../crawlFailure';
import type { ExtractThreadData } from './extractThread';
import type { ExtractReply, ExtractTask } from './extractTask';
import { readTask } from './readTask';

/** As `nice` counts: others get about three times as much, so that the page is not starved either. */
const lowPriority = 5;

// Elsewhere the priority is one of the whole process.
if ((workerData as ExtractThreadData).priority === 'low' && process.platform === 'linux')
  setPriority(lowPriority);

/** Some pages take several turns of the event loop, and the next one may be here by then. */
let last = Promise.resolve();

/** Entry of a worker thread: one `ExtractTask` in, one `ExtractReply` out, in the same order. */
parentPort?.on('message', (task: ExtractTask) => {
  last = last.then(async () => {
    const reply = await replyTo(task);
    parentPort?.postMessage(reply, reply.kind === 'read' ? [reply.page.document.bytes.buffer] : []);
  });
});

async function replyTo(task: ExtractTask): Promise<ExtractReply> {
  try {
    return { kind: 'read', page: await readTask(task) };
  } catch (error) {
    const reason = error instanceof CrawlFailure ? error.reason : 'extraction-failed';
    return { kind: 'failed', reason, message: error instanceof Error ? error.message : String(error) };
  }
}
