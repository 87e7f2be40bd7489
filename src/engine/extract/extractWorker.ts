import { parentPort } from 'node:worker_threads';
import { CrawlFailure } from '../crawlFailure';
import type { ExtractReply, ExtractTask } from './extractTask';
import { readTask } from './readTask';

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
