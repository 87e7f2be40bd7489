import { median, type Comparison, type TransportFigures } from './compareTransports';
import { escapeMarkdown } from './escapeMarkdown';
import { markdownTable } from './markdownTable';

/** A comparison of transports as a Markdown document. */
export function comparisonDocument(comparison: Comparison, serverName: string, at: Date): string {
  const { urls, rounds, transports } = comparison;
  const head = [
    'Transport',
    'First result',
    'Total',
    'Bytes',
    'Messages/s',
    'Succeeded',
    'Failed',
    'Rounds',
    'Note',
  ];
  return [
    '# Transports compared',
    `${urls} URLs, ${rounds} rounds, over ${escapeMarkdown(serverName)}, ${at.toISOString()}`,
    markdownTable(head, transports.map(rowOf)),
    '## How it was measured',
    [
      '- Each round crawls all URLs once by each transport, one after the other, on a connection of its own. Each round begins with another transport.',
      '- Figures are medians of the rounds. Where their number is even, the lower of the two in the middle.',
      '- *First result* and *total* begin with connecting and end in this editor, so they hold the time that the sites themselves took to answer, and what the server waits between two requests to one host.',
      '- *Bytes* are those from the server after the handshake or the head of its answer. *Messages/s* are messages of the server over the total.',
      '- Plain HTTP sends nothing before a whole request is done, so its first result comes with that of the last page of the first request.',
      '- *Failed* counts what was skipped, too. A page that one transport gets and another does not has most likely changed meanwhile.',
      '- Nothing of it is kept with the crawls.',
    ].join('\n'),
    '',
  ].join('\n\n');
}

function rowOf({ transport, runs, failure }: TransportFigures): string[] {
  const middle = (figureOf: (run: TransportFigures['runs'][number]) => number | null): number | undefined =>
    median(runs.map(figureOf).filter((figure) => figure !== null));
  return [
    transport,
    milliseconds(middle((run) => run.firstResultMs)),
    milliseconds(middle((run) => run.totalMs)),
    number(middle((run) => run.bytes)),
    number(middle((run) => (run.messages * 1000) / run.totalMs)),
    number(middle((run) => run.succeeded)),
    number(middle((run) => run.failed)),
    String(runs.length),
    failure === null ? '' : `${failure.reason}: ${failure.message}`,
  ];
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function number(value: number | undefined): string {
  if (value === undefined) return '–';
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}
