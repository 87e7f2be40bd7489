import type { IncomingMessage, ServerResponse } from 'node:http';
import { crawlSocketPath } from '../../protocol/limits';
import type { CrawlParts } from './countedCrawl';
import { streamCrawl } from './crawlStream';
import type { EngineMetrics } from './engineMetrics';
import { HttpRefusal } from './httpRefusal';
import { ndjsonFormat } from './ndjsonFormat';
import { plainCrawl } from './plainCrawl';
import { sseFormat } from './sseFormat';

export interface Route {
  methods: readonly string[];
  /** Whether it is served without the key. */
  isPublic?: true;
  /** @throws {HttpRefusal} instead of an answer of its own. */
  serve(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

const get = ['GET', 'HEAD'];
const post = ['POST'];

/** All that is served over HTTP, by path; `version` is the engine's. */
export function engineRoutes(parts: CrawlParts, version: string): ReadonlyMap<string, Route> {
  const startedAtMs = Date.now();
  const crawl: Route = { methods: post, serve: (...exchange) => plainCrawl(parts, ...exchange) };
  return new Map<string, Route>([
    ['/crawl', crawl],
    ['/api/v1/crawl', crawl],
    [
      '/crawl/stream',
      { methods: post, serve: (...exchange) => streamCrawl(ndjsonFormat, parts, ...exchange) },
    ],
    ['/crawl/sse', { methods: post, serve: (...exchange) => streamCrawl(sseFormat, parts, ...exchange) }],
    [crawlSocketPath, { methods: ['GET'], serve: askForUpgrade }],
    [
      '/healthz',
      {
        methods: get,
        // As it is at RipTide: it probes reachability, not the key. The metrics, public there, tell more.
        isPublic: true,
        serve: (_, response) => sendHealth(response, parts.metrics, version, startedAtMs),
      },
    ],
    ['/metrics', { methods: get, serve: (_, response) => sendMetrics(response, parts.metrics) }],
  ]);
}

function askForUpgrade(): never {
  throw HttpRefusal.text(426, 'This address speaks WebSocket: send an upgrade request');
}

/** The part of RipTide's `/healthz` that applies to a local engine (protocol section 6). */
function sendHealth(
  response: ServerResponse,
  metrics: EngineMetrics,
  version: string,
  startedAtMs: number,
): void {
  const health = {
    status: 'healthy',
    version,
    timestamp: new Date().toISOString(),
    uptime: Math.round((Date.now() - startedAtMs) / 1000),
    dependencies: {},
    metrics: {
      memory_usage_bytes: process.memoryUsage.rss(),
      active_connections: metrics.openConnections,
    },
  };
  send(response, 'application/json', JSON.stringify(health));
}

function sendMetrics(response: ServerResponse, metrics: EngineMetrics): void {
  send(response, 'text/plain; version=0.0.4; charset=utf-8', metrics.toPrometheus());
}

function send(response: ServerResponse, contentType: string, body: string): void {
  response
    .writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}
