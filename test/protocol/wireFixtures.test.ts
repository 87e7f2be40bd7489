import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeClientMessage } from '../../src/protocol/decodeClientMessage';
import { decodeStreamLine } from '../../src/protocol/decodeHttpAnswer';
import { decodeServerMessage } from '../../src/protocol/decodeServerMessage';
import { ProtocolError } from '../../src/protocol/protocolError';

function linesOf(name: string): string[] {
  return readFileSync(`test/fixtures/wire/${name}.jsonl`, 'utf8').trimEnd().split('\n');
}

describe('messages in the shapes that RipTide sent them over time', () => {
  for (const name of ['riptide-1.0', 'riptide-early', 'tag-type', 'extensions']) {
    it(`are read without a loss: ${name}`, () => {
      for (const line of linesOf(name)) {
        const { type, ...rest } = JSON.parse(line) as Record<string, unknown>;
        const sent = type === undefined ? rest : { message_type: type, ...rest };
        assert.deepEqual(decodeServerMessage(line), sent, line);
      }
    });
  }

  it('hold every type of message', () => {
    const lines = [...linesOf('riptide-1.0'), ...linesOf('extensions')];
    const types = new Set(lines.map((line) => decodeServerMessage(line).message_type));
    assert.deepEqual([...types].sort(), [
      'error',
      'found',
      'metadata',
      'paused',
      'pong',
      'result',
      'status',
      'summary',
      'welcome',
    ]);
  });

  it('are told apart by their keys where they come as lines', () => {
    assert.deepEqual(
      linesOf('ndjson').map((line) => decodeStreamLine(line).message_type),
      ['metadata', 'page', 'aside', 'page', 'summary', 'error'],
    );
  });

  it('are requests that a server reads', () => {
    for (const line of linesOf('requests')) {
      assert.doesNotThrow(() => decodeClientMessage(line), line);
    }
  });

  it('are none of the requests that it cannot read', () => {
    for (const line of linesOf('requests-unanswered')) {
      assert.throws(() => decodeClientMessage(line), ProtocolError, line);
    }
  });
});
