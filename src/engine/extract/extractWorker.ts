import { parentPort } from 'node:worker_threads';
import { CrawlFailure } from '../crawlFailure';
import { extractPage } from './extractPage';
import type { ExtractReply, ExtractTask } from './extractTask';

/** Entry of a worker thread: one `ExtractTask` in, one `ExtractReply` out. */
parentPort?.on('message', (task: ExtractTask) => {
  void replyTo(task).then((reply) => parentPort?.postMessage(reply));
});

async function replyTo(task: ExtractTask): Promise<ExtractReply> {
  try {
    return { kind: 'extracted', page: await extractPage(task) };
  } catch (error) {
    const reason = error instanceof CrawlFailure ? error.reason : 'extraction-failed';
    return { kind: 'failed', reason, message: error instanceof Error ? error.message : String(error) };
  }
}
