import type { FetchSettings } from './fetchSettings';

/**
 * What the engine and the process that started it tell each other over the engine's standard streams, a JSON line
 * each way: the parent first, so that the token is seen neither in arguments nor in the environment.
 */
export interface EngineStart {
  token: string;
  settings: FetchSettings;
}

export interface EngineReady {
  port: number;
  version: string;
}
