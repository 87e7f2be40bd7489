import type { ExtractedDocument } from '../../protocol/messages';
import { digestOf } from '../digest';
import { encodeValue } from '../wireEncoding';
import { extractPage } from './extractPage';
import type { ExtractTask, ReadPage } from './extractTask';

/** Less says too little to tell two pages apart, or together. */
const minContentLength = 80;

/** Reads a page and encodes its document. @throws what `extractPage` does. */
export async function readTask(task: ExtractTask): Promise<ReadPage> {
  const { document, directions } = await extractPage(task);
  if (task.renderMs !== null) addRendering(document, task.renderMs);
  const { url, quality_score: qualityScore, parser_metadata: parser } = document;
  return {
    document: {
      bytes: encodeValue(document, task.encoding),
      url,
      qualityScore,
      parseMs: parser?.parse_time_ms ?? 0,
      contentDigest: task.wantsDirections ? contentDigest(document) : null,
    },
    directions,
  };
}

function addRendering({ parser_metadata: parser }: ExtractedDocument, renderMs: number): void {
  if (!parser) return;
  parser.parse_time_ms += renderMs;
  parser.extraction_path = `browser > ${parser.extraction_path ?? parser.parser_used}`;
}

function contentDigest({ title, text, markdown, html }: ExtractedDocument): string | null {
  const content = [text, markdown, html].find(Boolean) ?? '';
  return content.length < minContentLength ? null : digestOf(`${title ?? ''}\n${content}`);
}
