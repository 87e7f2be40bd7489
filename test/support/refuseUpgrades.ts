import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';

/**
 * Answers each upgrade with `status`. A client that has read the refusal may reset its connection, which is no failure
 * of the test.
 */
export function refuseUpgrades(
  server: Server,
  status: number,
  { headers = '', seen }: { headers?: string; seen?: (request: IncomingMessage) => void } = {},
): void {
  server.on('upgrade', (request: IncomingMessage, socket) => {
    socket.on('error', () => undefined);
    seen?.(request);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${headers}Content-Length: 0\r\n\r\n`);
  });
}
