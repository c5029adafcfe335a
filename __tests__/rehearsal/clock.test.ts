import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { startClock, type Clock } from '../../rehearsal/clock/coordinator.ts';

let clock: Clock;
let server: Server;
let url: string;
/** The running process. */
let pid = -1;

beforeEach(async () => {
  clock = await startClock('virtual', Date.UTC(2030, 0, 1));
  server = createServer((request, response) => {
    if (request.url === '/hang') {
      clock.stalled(1);
      response.on('close', () => {
        clock.stalled(-1);
      });
    } else if (request.url === '/delay') {
      clock.stalled(1);
      void clock.sleep(5000).then(() => {
        clock.stalled(-1);
        response.end('late');
      });
    } else if (request.url === '/stop') {
      process.kill(pid, 'SIGSTOP');
      const resume = clock.suspend(pid);
      setTimeout(clock.hold(), 25); // as a step's pause does: a stop takes its time
      response.end('read late');
      void clock.sleep(10_000).then(() => {
        process.kill(pid, 'SIGCONT');
        resume();
      });
    } else if (request.url === '/slow') setTimeout(() => response.end('slow'), 100);
    else response.end('hello');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await clock.close();
});

/** Runs a module under the clock and returns its output, line by line as JSON. */
async function run(code: string): Promise<unknown[]> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env: { ...clock.env, TARGET: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  pid = child.pid ?? -1;
  const arrived = clock.expect(pid);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  arrived();
  expect(exitCode).toBe(0);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const prelude = `
  import http from 'node:http';
  import { setTimeout as sleep } from 'node:timers/promises';
  const say = (value) => console.log(JSON.stringify(value));
  const began = Date.now();
  const passed = () => Date.now() - began;
  const agent = new http.Agent({ keepAlive: true });
  const get = (path, ms = 0) => new Promise((resolve, reject) => {
    const request = http.get(process.env.TARGET + path, { agent }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    if (ms > 0) request.setTimeout(ms, () => request.destroy(new Error('timed out')));
  });
`;

describe('a process under the virtual clock', () => {
  test('sleeps five minutes in steps with a request each, in a few seconds', async () => {
    const began = performance.now();
    const [result] = await run(`${prelude}
      const [p, h] = [performance.now(), process.hrtime.bigint()];
      for (let step = 0; step < 100; step += 1) {
        await (step % 2 ? sleep(3000) : new Promise((resolve) => setTimeout(resolve, 3000)));
        await get('/');
      }
      say([began, passed(), performance.now() - p, Number(process.hrtime.bigint() - h) / 1e6]);
    `);
    expect(result).toEqual([Date.UTC(2030, 0, 1), 300_000, 300_000, 300_000]);
    expect(clock.now()).toBe(Date.UTC(2030, 0, 1) + 300_000);
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  test('polls with fetch and a time-out signal', async () => {
    const [result] = await run(`${prelude}
      for (let step = 0; step < 20; step += 1) {
        await sleep(5000);
        await (await fetch(process.env.TARGET, { signal: AbortSignal.timeout(10_000) })).text();
      }
      say(passed());
    `);
    expect(result).toBe(100_000);
  });

  test('reaches its own time-outs when a request hangs, and only then', async () => {
    const lines = await run(`${prelude}
      const hung = async (action) => say([await action.catch((error) => error.name + ': ' + error.message), passed()]);
      await hung(get('/hang', 7000));
      await hung(fetch(process.env.TARGET + '/hang', { signal: AbortSignal.timeout(3000) }));
      await hung(get('/delay', 10_000));
      await hung(get('/slow', 50));
      await hung(fetch(process.env.TARGET + '/slow', { signal: AbortSignal.timeout(50) }).then((answer) => answer.text()));
      agent.destroy();
    `);
    expect(lines).toEqual([
      ['Error: timed out', 7000],
      ['TimeoutError: The operation was aborted due to timeout', 10_000],
      ['late', 15_000],
      ['slow', 15_000],
      ['slow', 15_000],
    ]);
  });

  // Windows cannot stop a process.
  (process.platform === 'win32' ? test.skip : test)(
    'is right at once for who was stopped, before it reads what waited for it',
    async () => {
      const [result] = await run(`${prelude}
      say(await get('/stop').then(passed));
      agent.destroy();
    `);
      expect(result).toBe(10_000);
    },
  );

  test('does not move the clock while it works: loading, files, computing', async () => {
    const lines = await run(`${prelude}
      let fired = false;
      const timer = setTimeout(() => (fired = true), 1);
      const { readFile } = await import('node:fs/promises');
      for (let count = 0; count < 200; count += 1) await readFile('/dev/null');
      await crypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign', 'verify']);
      for (let count = 0; count < 20; count += 1) await new Promise((resolve) => setImmediate(resolve));
      say([fired, passed()]);
      clearTimeout(timer);
    `);
    expect(lines).toEqual([[false, 0]]);
  });

  test('does not move the clock while many requests are in flight', async () => {
    const [result] = await run(`${prelude}
      let fired = 0;
      const timer = setInterval(() => (fired += 1), 1000);
      for (let round = 0; round < 20; round += 1) {
        await Promise.all(Array.from({ length: 60 }, () => get('/')));
        for (const from = process.cpuUsage(); process.cpuUsage(from).user < 20_000; );
      }
      clearInterval(timer);
      agent.destroy();
      say([fired, passed()]);
    `);
    expect(result).toEqual([0, 0]);
  });

  test('moves the clock for timers of any length, and past the housekeeping of idle connections', async () => {
    const lines = await run(`${prelude}
      await (await fetch(process.env.TARGET)).text(); // from now on its client looks after the connection
      const far = setTimeout(() => say('too far'), 100_000);
      await sleep(499);
      say(passed());
      for (let step = 0; step < 4; step += 1) await new Promise((resolve) => setTimeout(resolve, 499));
      say(passed());
      const controller = AbortSignal.timeout(499);
      await fetch(process.env.TARGET + '/hang', { signal: controller }).catch(() => say(passed()));
      clearTimeout(far);
    `);
    expect(lines).toEqual([499, 2495, 2994]);
  });

  test('keeps the properties of timers', async () => {
    const lines = await run(`${prelude}
      import { promisify } from 'node:util';
      import timers from 'node:timers';
      setTimeout(() => say('never'), 1000).unref();
      const again = setTimeout(() => say(['refreshed', passed()]), 300);
      setTimeout(() => again.refresh(), 200);
      clearTimeout(+setTimeout(() => say('never'), 1));
      clearTimeout(String(+setTimeout(() => say('never'), 1)));
      say([again.hasRef(), again.unref().hasRef(), again.ref() === again]);
      let count = 0;
      const interval = timers.setInterval(() => { if (++count === 3) clearInterval(interval); say(['interval', passed()]); }, 100);
      promisify(setTimeout)(150, 'value').then((value) => say([value, passed()]));
      sleep(1, null, { signal: AbortSignal.abort() }).catch((error) => say([error.name, error.code]));
      Promise.resolve().then(() => say(new Date(0).constructor === Date && new Date() instanceof Date));
      process.on('exit', () => say('exit'));
    `);
    expect(lines).toEqual([
      [true, false, true],
      ['AbortError', 'ABORT_ERR'],
      true,
      ['interval', 100],
      ['value', 150],
      ['interval', 200],
      ['interval', 300],
      ['refreshed', 500],
      'exit',
    ]);
  });

  test('shares its time with others: none is left behind', async () => {
    const code = (ms: number): string =>
      `${prelude} for (let step = 0; step < 5; step += 1) { await sleep(${ms}); await get('/'); } say(passed()); agent.destroy();`;
    const [one, two] = await Promise.all([run(code(1000)), run(code(700))]);
    expect([one, two]).toEqual([[5000], [3500]]);
    expect(clock.now() - Date.UTC(2030, 0, 1)).toBe(5000);
  });
});

describe('the process of the clock', () => {
  test('moves for a sleeping process, not for one that only set a timer', async () => {
    const seen: number[] = [];
    const start = clock.now();
    clock.schedule(1000, () => seen.push(clock.now() - start));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen).toEqual([]);
    await clock.sleep(3000);
    expect([seen, clock.now() - start]).toEqual([[1000], 3000]);
  });

  test('advances by hand through the due timers', async () => {
    const seen: string[] = [];
    const start = clock.now();
    const cancel = clock.schedule(500, () => seen.push('cancelled'));
    clock.schedule(2000, () => seen.push(`b ${clock.now() - start}`));
    clock.schedule(1000, () => {
      seen.push(`a ${clock.now() - start}`);
      clock.schedule(500, () => seen.push(`c ${clock.now() - start}`));
    });
    cancel();
    await clock.advance(1999);
    expect(seen).toEqual(['a 1000', 'c 1500']);
    await clock.advance(1);
    expect(seen).toEqual(['a 1000', 'c 1500', 'b 2000']);
  });
});

test("the real clock is the machine's", async () => {
  const real = await startClock('real');
  expect(Math.abs(real.now() - Date.now())).toBeLessThan(50);
  expect(real.env).toEqual({});
  const began = performance.now();
  await real.sleep(20);
  expect(performance.now() - began).toBeGreaterThanOrEqual(18);
  await real.close();
});
