import { parentPort } from 'node:worker_threads';
import { extractPage } from './extractPage';
import type { ExtractReply, ExtractTask } from './extractTask';

/** Entry of a worker thread: one `ExtractTask` in, one `ExtractReply` out. */
parentPort?.on('message', (task: ExtractTask) => {
  parentPort?.postMessage(replyTo(task));
});

function replyTo(task: ExtractTask): ExtractReply {
  try {
    return { kind: 'extracted', document: extractPage(task) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
