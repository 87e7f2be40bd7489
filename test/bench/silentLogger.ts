import type { Logger } from '../../src/base/logger';

const silent = (): void => undefined;

export const silentLogger: Logger = { debug: silent, info: silent, warn: silent, error: silent };
