/** Faults of RipTide 1.0 that a client has to live with, and what each does (protocol 10). */
export const faults = {
  silence: 'requests that cannot be read get no answer at all',
  'deaf-crawl': 'nothing is read during a crawl: no ping, no Close, no further request',
  'late-pings': 'no keepalive pings during a crawl, and all those missed in a burst after it',
  wedge: 'after the answer to a status request, nothing is read or sent on that connection',
  'drop-latch': 'after 25 messages of crawls on a connection, all further ones are dropped, the summary too',
  'short-summary': 'after 10 results on a connection, crawls end at once by a summary that lacks the others',
  'no-close-frame': 'connections end by TCP alone, also where the client sent a Close frame',
  'abrupt-oversize': 'a frame that is too large or broken ends TCP without a Close frame',
  'double-pong': 'each Ping frame gets two Pong frames',
  'stub-stream': 'POST /crawl/stream answers 200 with one plain event, which says that it is not implemented',
  'refusal-500': 'POST /crawl/stream and /crawl/sse refuse URLs with 500 instead of 400',
  'empty-408': 'every second POST /crawl gets 408 without a body',
  'error-bodies': 'every second POST fails, with the next of the seven shapes of an error body',
  'rate-limit': 'every second request and upgrade gets 429, whose body says that no retry can help',
} as const;

export type Fault = keyof typeof faults;

export const allFaults = Object.keys(faults) as readonly Fault[];

/**
 * @param list names with commas in between, or `all`.
 * @throws {Error} that says which name is unknown.
 */
export function readFaults(list: string): ReadonlySet<Fault> {
  if (list === 'all') return new Set(allFaults);
  return new Set(
    list.split(',').map((name) => {
      const fault = allFaults.find((each) => each === name.trim());
      if (fault === undefined) throw new Error(`--strict-riptide knows no fault "${name}": see --help`);
      return fault;
    }),
  );
}
