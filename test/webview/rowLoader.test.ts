import assert from 'node:assert/strict';
import { install, type Clock } from '@sinonjs/fake-timers';
import type { RowsQuery } from '../../src/panel/panelMessages';
import { RowLoader } from '../../src/webview/rowLoader';

const query = (offset: number): RowsQuery => ({ text: '', outcome: 'all', offset, limit: 100 });

describe('RowLoader', () => {
  let clock: Clock;
  let sent: { requestId: number; offset: number }[];
  let loader: RowLoader;
  beforeEach(() => {
    clock = install();
    sent = [];
    loader = new RowLoader((requestId, { offset }) => sent.push({ requestId, offset }));
  });
  afterEach(() => clock.uninstall());

  it('asks one question at a time, and then only the latest wanted', () => {
    for (const offset of [0, 100, 200, 300]) loader.want(query(offset));
    assert.deepEqual(sent, [{ requestId: 1, offset: 0 }]);
    assert.equal(loader.settle(1)?.offset, 0);
    assert.deepEqual(sent.at(-1), { requestId: 2, offset: 300 });
    assert.equal(sent.length, 2);
  });

  it('uses no answer but that to the open question', () => {
    loader.want(query(0));
    assert.equal(loader.settle(7), null);
    loader.settle(1);
    assert.equal(loader.settle(1), null);
  });

  it('asks anew when rows changed, but not at every change', () => {
    loader.want(query(0));
    loader.settle(1);
    for (let change = 0; change < 10; change += 1) loader.refresh();
    assert.equal(sent.length, 1);
    clock.tick(150);
    assert.equal(sent.length, 2);
    loader.settle(2);
    clock.tick(60_000);
    assert.equal(sent.length, 2);
  });

  it('asks again what was never answered, and what failed', () => {
    loader.want(query(0));
    clock.tick(5_000);
    assert.equal(sent.length, 2);
    assert.equal(loader.settle(1), null);
    loader.fail(2);
    assert.equal(sent.length, 2);
    clock.tick(5_000);
    assert.equal(sent.length, 3);
  });

  it('is silent once stopped', () => {
    loader.want(query(0));
    loader.stop();
    clock.tick(60_000);
    assert.equal(sent.length, 1);
    assert.equal(clock.countTimers(), 0);
  });
});
