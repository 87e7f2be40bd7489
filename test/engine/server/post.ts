import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends a `POST` and resolves with the head of its answer; an object is sent as JSON, a text as it is. */
export async function openPost(
  url: string,
  body: object | string,
  headers: Record<string, string> = { 'Content-Type': 'application/json' },
): Promise<IncomingMessage> {
  const sent = request(url, { method: 'POST', headers, agent: false });
  sent.end(Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

/** As {@link openPost}, read to its end. */
export async function post(...sent: Parameters<typeof openPost>): Promise<Answer> {
  const response = await openPost(...sent);
  return { status: response.statusCode ?? 0, headers: response.headers, text: await textOf(response) };
}

/** @throws when the answer is cut off. */
export async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk as string;
  return text;
}

/** Reads a stream part by part, each up to a separator. */
export async function* partsOf(response: IncomingMessage, separator: string): AsyncGenerator<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) {
    const parts = (text + (chunk as string)).split(separator);
    text = parts.pop() ?? '';
    yield* parts;
  }
  if (text !== '') throw new Error(`The stream ends in the middle of a part: ${text}`);
}
