import { RipTideClient } from '../src/client/ripTideClient';
import type { ExtractedDocument, Progress } from '../src/protocol/messages';
import type { ExampleInput } from './support/example';

const barWidth = 20;

/** How far a crawl has come, and what is known of each page besides its text. */
export async function run({ server, urls }: ExampleInput): Promise<void> {
  const client = new RipTideClient(server);
  try {
    for await (const { message_type: type, data } of client.crawl(urls)) {
      if (type === 'metadata') {
        console.log(`${data.total_urls} URLs in session ${data.session_id}`);
      } else if (type === 'result') {
        const { document, status, processing_time_ms: durationMs } = data.result;
        console.log(`${shown(data.progress)}  HTTP ${status} in ${durationMs} ms`);
        if (document) console.log(`    ${facts(document).join(' · ')}`);
      } else if (type === 'summary') {
        const { successful, failed, skipped, total_processing_time_ms: totalMs } = data;
        console.log(`${successful} succeeded, ${failed} failed, ${skipped} skipped in ${totalMs} ms`);
      }
    }
  } finally {
    await client.close();
  }
}

/** Of the whole crawl, also when it takes several requests and connections. */
function shown({ completed, total, success_rate: successRate }: Progress): string {
  const bar = '#'.repeat(Math.round((completed / total) * barWidth)).padEnd(barWidth, '.');
  return `[${bar}] ${completed}/${total}, ${Math.round(successRate * 100)} % succeeded`;
}

/** What a page does not tell is null. */
function facts(document: ExtractedDocument): string[] {
  const { title, byline, language, word_count: words, reading_time: minutes, links } = document;
  return [
    title ?? 'no title',
    ...(byline === null ? [] : [`by ${byline}`]),
    ...(language === null ? [] : [`language ${language}`]),
    ...(words === null ? [] : [`${words} words`]),
    ...(minutes === null ? [] : [`${minutes} min`]),
    `${links.length} links`,
  ];
}
