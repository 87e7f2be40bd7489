import type { RipTideClientOptions } from '../../src/client/ripTideClient';

/** What the runner hands to each example. */
export interface ExampleInput {
  /** Fits the constructor of RipTideClient. */
  server: Pick<RipTideClientOptions, 'address' | 'apiKey'>;
  /** At least one. */
  urls: string[];
}

/** Each example is a module with this one function. */
export interface Example {
  run(input: ExampleInput): Promise<void>;
}
