import { parentPort } from 'node:worker_threads';
import { CrawlFailure } from '../crawlFailure';
import type { ExtractReply, ExtractTask } from './extractTask';
import { readTask } from './readTask';

/** Entry of a worker thread: one `ExtractTask` in, one `ExtractReply` out. */
parentPort?.on('message', (task: ExtractTask) => {
  void replyTo(task).then((reply) => {
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
