// Runs `node guard.mjs COMMAND [ARG…]` in a process group of its own and takes the whole group down when the
// pipe on standard input closes. The pipe closes when its owner says so and also when the owner dies in any
// way at all, kill -9 included: no signal handler in the owner could promise that.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 3_000;
const POLL_MS = 50;

const [command, ...args] = process.argv.slice(2);
const isWindows = process.platform === 'win32';
// A pipe of its own on standard input lets a nested owner see this guard's end as well.
const child = spawn(command, args, { stdio: ['pipe', 'inherit', 'inherit'], detached: !isWindows });
let exitCode = 1;

child.on('error', (error) => {
  console.error(`${command}: ${error.message}`);
  process.exit(127);
});
child.on('exit', (code) => {
  exitCode = code ?? 1;
  void endGroup();
});
process.stdin.on('end', () => void endGroup()).on('error', () => void endGroup());
process.stdin.resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void endGroup());

let ending;
function endGroup() {
  ending ??= end();
  return ending;
}

async function end() {
  if (isWindows) {
    if (child.exitCode === null) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
  } else if (signalGroup('SIGTERM')) {
    for (let waitedMs = 0; waitedMs < GRACE_MS && signalGroup(0); waitedMs += POLL_MS) await delay(POLL_MS);
    signalGroup('SIGKILL');
  }
  process.exit(exitCode);
}

/** Says whether the group still had a member. */
function signalGroup(signal) {
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}
