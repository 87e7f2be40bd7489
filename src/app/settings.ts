import { defaultFetchSettings, renderPagesValues, type FetchSettings } from '../engine/fetchSettings';
import { crawlTransports } from '../client/crawlConnection';
import type { Authentication } from '../client/requestHeaders';
import type { Server, TransportSetting } from './session';

/** Values of `riptide.*` as the editor hands them over: of any type, by name below `riptide`. */
export type ReadSetting = (name: string) => unknown;

export type ResumeInterrupted = 'ask' | 'always' | 'never';

/** The server in use; an empty address means the built-in engine. */
export function readServer(read: ReadSetting): Server {
  const address = read('server.url');
  return typeof address === 'string' && address.trim() !== ''
    ? { kind: 'remote', address: address.trim() }
    : { kind: 'built-in' };
}

export function readFetchSettings(read: ReadSetting): FetchSettings {
  const userAgent = read('engine.userAgent');
  return {
    userAgent:
      typeof userAgent === 'string' && isHeaderValue(userAgent)
        ? userAgent.trim()
        : defaultFetchSettings.userAgent,
    timeoutMs: seconds(read('engine.timeoutSeconds'), 1, 300) ?? defaultFetchSettings.timeoutMs,
    concurrency: whole(read('engine.concurrency'), 1, 32) ?? defaultFetchSettings.concurrency,
    perHost: whole(read('engine.concurrencyPerHost'), 1, 16) ?? defaultFetchSettings.perHost,
    delayMs: whole(read('engine.delayMilliseconds'), 0, 60_000) ?? defaultFetchSettings.delayMs,
    obeyRobots: read('engine.obeyRobotsTxt') !== false,
    renderPages: renderPagesValues.find((value) => value === read('engine.renderPages')) ?? 'never',
    browserPath: path(read('engine.browserPath')),
    headers: [],
    proxy: null,
  };
}

/** In bytes. */
export function readMaxMessageBytes(read: ReadSetting): number {
  return (whole(read('server.maxMessageMegabytes'), 1, 256) ?? 10) * 1024 * 1024;
}

/** How crawls reach the server in use. */
export function readTransport(read: ReadSetting): TransportSetting {
  const value = read('transport');
  return crawlTransports.find((transport) => transport === value) ?? 'auto';
}

/** How the key reaches a server. */
export function readAuthentication(read: ReadSetting): Authentication {
  return read('server.authentication') === 'bearer' ? 'bearer' : 'apiKey';
}

/** Sent to a server with each request; what cannot be sent the client refuses by name. */
export function readHeaders(read: ReadSetting): Readonly<Record<string, string>> {
  const value = read('server.headers');
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...(value as Record<string, string>) }
    : {};
}

/** What to do with a crawl that ran when the editor ended. */
export function readResumeInterrupted(read: ReadSetting): ResumeInterrupted {
  const value = read('crawl.resumeInterrupted');
  return value === 'always' || value === 'never' ? value : 'ask';
}

/** Settings files may hold anything: a value outside its range is taken for the nearest inside. */
function whole(value: unknown, min: number, max: number): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return Math.min(max, Math.max(min, Math.round(value)));
}

function seconds(value: unknown, min: number, max: number): number | null {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.round(Math.min(max, Math.max(min, value)) * 1000)
    : null;
}

function path(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function isHeaderValue(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text) && text.trim() !== '';
}
