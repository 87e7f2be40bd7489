import assert from 'node:assert/strict';
import { EventSplitter } from '../../src/client/eventSplitter';
import { LineSplitter } from '../../src/client/lineSplitter';

/** The text cut into pieces of `size` bytes. */
function pieces(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

function linesOf(text: string, size: number): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(
    (line) => lines.push(line),
    () => undefined,
  );
  for (const piece of pieces(text, size)) splitter.push(piece);
  splitter.end();
  return lines;
}

function eventsOf(text: string, size: number): [string, string][] {
  const events: [string, string][] = [];
  const splitter = new EventSplitter(
    (name, data) => events.push([name, data]),
    () => undefined,
  );
  for (const line of linesOf(text, size)) splitter.push(line);
  return events;
}

describe('splitting a body', () => {
  for (const size of [1, 2, 3, 7, 1000]) {
    it(`finds the lines of every kind of line end, cut into pieces of ${size} bytes`, () => {
      assert.deepEqual(linesOf('ä\nb\r\nc\rd\r\r\n\n\r€ f', size), ['ä', 'b', 'c', 'd', '', '', '', '€ f']);
    });

    it(`reads events as the standard says, cut into pieces of ${size} bytes`, () => {
      const text =
        '\uFEFF: a comment\r\n\r\nevent: result\r\nid: 4\r\nretry: 5000\r\ndata: {"a":\r\ndata:1}\r\n\r\n' +
        'event: lost\n\ndata\n\ndata:  two spaces\nunknown: x\n\nevent: cut\ndata: off\n';
      assert.deepEqual(eventsOf(text, size), [
        ['result', '{"a":\n1}'],
        ['message', ''],
        ['message', ' two spaces'],
      ]);
    });
  }

  it('tells how long a line has become before it has ended', () => {
    const sizes: number[] = [];
    const splitter = new LineSplitter(
      () => undefined,
      (bytes) => sizes.push(bytes),
    );
    splitter.push(Buffer.from('abc'));
    splitter.push(Buffer.from('de\nf'));
    assert.deepEqual(sizes, [3, 5, 1]);
  });
});
