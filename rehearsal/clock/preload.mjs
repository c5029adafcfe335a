// Puts a process under the rehearsal's clock: node --import <this file>, with REHEARSAL_CLOCK=host:port of the coordinator
// (and REHEARSAL_SKEW=ms where the wall clock is to be wrong).
// Replaces Date, performance.now, process.hrtime, the timers (global, node:timers, node:timers/promises),
// AbortSignal.timeout and socket time-outs. Time stands still here until the coordinator says otherwise; it says so
// only after this process has reported that it is idle. Plain JavaScript without dependencies, since any node runs it.
// A process that runs one step after another joins a clock for each of them, and leaves it at its end.
import { AsyncResource } from 'node:async_hooks';
import diagnostics from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { performance } from 'node:perf_hooks';
import timers from 'node:timers';
import promised from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * Real time between two looks at ourselves, and how many looks in a row must find nothing. With REHEARSAL_HURRY half as long:
 * the clock moves for each request of a paced step, and a benchmark sends tens of thousands.
 */
const [LOOK_MS, QUIET_LOOKS] = process.env['REHEARSAL_HURRY'] === '1' ? [1, 2] : [2, 3];
/** More than this much real work between two looks is work. */
const WORK_MS = 1;
/** After more than this much real time without a look, the process can have been suspended meanwhile. */
const STOPPED_MS = 8;
/** The tick of undici's coarse clock (lib/util/timers.js): housekeeping of idle connections, no reason to move the clock. */
const UNDICI_TICK_MS = 499;
const LONGEST_MS = 2 ** 31 - 1;

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  Date: globalThis.Date,
  performanceNow: performance.now.bind(performance),
  hrtime: process.hrtime.bigint.bind(process.hrtime),
  utilization: performance.eventLoopUtilization.bind(performance),
};

const clock = virtualTime();
let watch = null;
let leave = () => undefined;

const address = process.env['REHEARSAL_CLOCK'];
if (address !== undefined && address !== '') await joinClock(address);

/** Puts this process under the clock of a coordinator. The first time replaces everything that reads the time. */
export async function joinClock(where) {
  const [host, port] = where.split(':');
  const socket = net.connect({ host, port: Number(port) });
  socket.setNoDelay(true);
  socket.setEncoding('utf8');
  const first = await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('The rehearsal clock is closed')));
    socket.once('connect', () => socket.write(`${JSON.stringify({ type: 'hello', pid: process.pid })}\n`));
    socket.once('data', resolve);
  });
  const lines = first.split('\n');
  clock.begin(JSON.parse(lines[0]).now);
  watch ??= patchAll();
  watch.begin();
  Object.defineProperty(performance, 'timeOrigin', {
    value: clock.now - performance.now(),
    configurable: true,
    writable: true,
    enumerable: true,
  });

  let rest = '';
  const take = (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop();
    for (const part of parts) hear(JSON.parse(part));
  };
  let reported = '';
  const say = (message) => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
  };
  const hear = (message) => {
    if (message.type === 'time') clock.moveTo(message.now);
    else say({ type: 'answer', round: message.round, yes: watch.unchangedSince(message.generation) });
  };
  const look = () => {
    clock.read();
    const report = watch.look();
    // While work continues, only its beginning is reported.
    const news = JSON.stringify(report.quiet ? report : { quiet: false });
    if (news === reported) return;
    reported = news;
    say({ type: 'report', ...report });
  };
  clock.onMove = () => {
    reported = ''; // the coordinator has forgotten our report
  };
  socket.removeAllListeners('close');
  socket.removeAllListeners('error');
  socket.on('error', () => undefined); // the rehearsal is over; its starter ends this process
  socket.on('data', take);
  take(lines.slice(1).join('\n'));
  socket.unref();
  const looking = real.setInterval(look, LOOK_MS);
  looking.unref();
  leave = () => {
    real.clearInterval(looking);
    socket.destroy();
  };
}

/** Removes this process from its clock: time does not move here, and no earlier timer fires any more. */
export function leaveClock() {
  leave();
  leave = () => undefined;
  clock.end();
}

function patchAll() {
  const it = watcher(clock);
  patchDate(clock);
  patchMonotonic(clock);
  patchTimers(clock);
  patchSockets(clock);
  syncBuiltinESMExports();
  return it;
}

/** Time that the clock has written for suspended processes; 0 without one. */
function published() {
  try {
    return Number(readFileSync(process.env['REHEARSAL_CLOCK_TIME'] ?? '', 'utf8'));
  } catch {
    return 0;
  }
}

/** The time of this process and its pending timers. */
function virtualTime() {
  const pending = new Set();
  const keeper = real.setInterval(() => undefined, LONGEST_MS); // keeps the process alive while a timer that is ref'd is pending
  keeper.unref();
  let refs = 0;
  let made = 0;
  let startAt = 0;
  let before = 0;
  const it = {
    now: 0,
    /** By how much this machine's wall clock is wrong, in milliseconds. */
    skew: 0,
    generation: 0,
    /** Last time at which this process was seen to run, in real milliseconds. */
    seen: 0,
    pending,
    onMove: () => undefined,
    begin(at) {
      before += it.now - startAt;
      startAt = at;
      it.now = at;
      it.skew = Number(process.env['REHEARSAL_SKEW'] ?? 0);
      it.seen = real.performanceNow();
      it.generation += 1;
    },
    end() {
      it.onMove = () => undefined;
      pending.clear();
      refs = 0;
      keeper.unref();
    },
    keep(delta) {
      refs += delta;
      if (refs > 0) keeper.ref();
      else keeper.unref();
    },
    order: () => (made += 1),
    /** Milliseconds since the process began, under all its clocks together. */
    passed: () => before + it.read() - startAt,
    /**
     * The time; a process that was suspended reads it from the file, since the message can come after responses that
     * waited too.
     */
    read() {
      const now = real.performanceNow();
      if (now - it.seen > STOPPED_MS) it.now = Math.max(it.now, published());
      it.seen = now;
      return it.now;
    },
    moveTo(target) {
      it.now = Math.max(it.now, target);
      it.generation += 1;
      it.onMove();
      const due = [...pending].filter((timer) => timer.due <= it.now);
      due.sort((one, other) => one.due - other.due || one.order - other.order);
      // One turn each, so that promises settle between two timers as they do in Node.
      for (const timer of due) real.setImmediate(() => timer.fire());
    },
  };
  return it;
}

/** A timer on the virtual clock, with the manners of Node's own. */
class Timeout {
  #clock;
  #callback;
  #args;
  #resource;
  #kept = false;
  #refed = true;
  #plain;
  due = 0;
  order = 0;

  constructor(clock, callback, delay, args, options) {
    this.#clock = clock;
    this.#callback = callback;
    this.#args = args;
    this.#resource = new AsyncResource('Timeout');
    this.delay = delay;
    this.repeats = options?.repeats === true;
    this.#plain = options === undefined;
    this.#refed = options?.ref !== false;
    this.#arm();
  }

  /** Made by setTimeout and unref'd afterwards: another timer of the same length is a reason to move the clock. */
  get housekeeping() {
    return this.delay === UNDICI_TICK_MS && this.#plain && !this.#refed;
  }

  #arm() {
    this.#clock.generation += 1;
    this.due = this.#clock.read() + this.delay;
    this.order = this.#clock.order();
    this.#clock.pending.add(this);
    this.#hold();
  }

  #hold() {
    const wanted = this.#refed && this.#clock.pending.has(this);
    if (wanted === this.#kept) return;
    this.#kept = wanted;
    this.#clock.keep(wanted ? 1 : -1);
  }

  fire() {
    if (!this.#clock.pending.has(this) || this.due > this.#clock.now) return;
    this.#clock.pending.delete(this);
    this.#clock.generation += 1;
    try {
      this.#resource.runInAsyncScope(this.#callback, this, ...this.#args);
    } finally {
      if (this.repeats && !this.#clock.pending.has(this)) this.#arm();
      this.#hold();
    }
  }

  close() {
    this.repeats = false;
    if (this.#clock.pending.delete(this)) this.#clock.generation += 1;
    this.#hold();
    return this;
  }

  refresh() {
    if (this.#callback !== null) this.#arm();
    return this;
  }

  ref() {
    this.#refed = true;
    this.#hold();
    return this;
  }

  unref() {
    this.#refed = false;
    this.#hold();
    return this;
  }

  hasRef() {
    return this.#refed;
  }

  [Symbol.toPrimitive]() {
    this.id ??= lastId += 1;
    byId.set(this.id, this);
    return this.id;
  }

  [Symbol.dispose]() {
    this.close();
  }
}

const byId = new Map();
let lastId = 1e9; // far from the IDs of Node's own timers

/** Node's rule: a value outside of 1 to 2^31-1 is 1; fractions are cut off. */
function delayOf(value) {
  const ms = Number(value);
  return ms >= 1 && ms <= LONGEST_MS ? Math.trunc(ms) : 1;
}

function patchDate(clock) {
  const RealDate = real.Date;
  const now = () => Math.trunc(clock.read() + clock.skew);
  RealDate.now = now;
  const VirtualDate = new Proxy(RealDate, {
    construct: (target, args, made) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, made === VirtualDate ? target : made),
    apply: () => new RealDate(now()).toString(),
  });
  RealDate.prototype.constructor = VirtualDate;
  globalThis.Date = VirtualDate;
}

function patchMonotonic(clock) {
  const began = real.performanceNow();
  const now = () => began + clock.passed();
  Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true, enumerable: true });

  const beganAt = real.hrtime();
  const bigint = () => beganAt + BigInt(Math.trunc(clock.passed() * 1e6));
  const hrtime = (since) => {
    const time = bigint();
    let seconds = Number(time / 1_000_000_000n);
    let nanoseconds = Number(time % 1_000_000_000n);
    if (since !== undefined) {
      seconds -= since[0];
      nanoseconds -= since[1];
      if (nanoseconds < 0) {
        seconds -= 1;
        nanoseconds += 1e9;
      }
    }
    return [seconds, nanoseconds];
  };
  hrtime.bigint = bigint;
  process.hrtime = hrtime;
}

function patchTimers(clock) {
  const checked = (callback) => {
    if (typeof callback === 'function') return callback;
    const error = new TypeError(`The "callback" argument must be of type function. Received ${String(callback)}`);
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  };
  const setTimeout = (callback, delay, ...args) => new Timeout(clock, checked(callback), delayOf(delay), args);
  const setInterval = (callback, delay, ...args) =>
    new Timeout(clock, checked(callback), delayOf(delay), args, { repeats: true });
  const clear = (original) => (timer) => {
    const ours = timer instanceof Timeout ? timer : byId.get(Number(timer));
    if (ours === undefined) {
      original(timer);
      return;
    }
    ours.close();
    if (ours.id !== undefined) byId.delete(ours.id);
  };
  const clearTimeout = clear(real.clearTimeout);
  const clearInterval = clear(real.clearInterval);

  const aborted = (signal) => {
    const error = new Error('The operation was aborted', { cause: signal.reason });
    error.name = 'AbortError';
    error.code = 'ABORT_ERR';
    return error;
  };
  const later = (delay, value, options = {}) =>
    new Promise((resolve, reject) => {
      const { signal, ref = true } = options ?? {};
      if (signal?.aborted) {
        reject(aborted(signal));
        return;
      }
      const onAbort = () => {
        timer.close();
        reject(aborted(signal));
      };
      const done = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve(value);
      };
      const timer = new Timeout(clock, done, delayOf(delay), [], { ref });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  async function* every(delay, value, options = {}) {
    for (;;) {
      await later(delay, undefined, options);
      yield value;
    }
  }
  Object.defineProperty(setTimeout, promisify.custom, { enumerable: true, get: () => later });
  Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
  Object.assign(timers, { setTimeout, setInterval, clearTimeout, clearInterval });
  Object.assign(promised, { setTimeout: later, setInterval: every });
  Object.defineProperty(promised.scheduler, 'wait', {
    value: (delay, options) => later(delay, undefined, options),
    configurable: true,
    writable: true,
  });
  AbortSignal.timeout = (delay) => {
    const controller = new AbortController();
    const end = () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    new Timeout(clock, end, delayOf(delay), [], { ref: false });
    return controller.signal;
  };
}

/** Socket time-outs (what request.setTimeout and agents use) live on Node's internal timers: bring them over. */
function patchSockets(clock) {
  const key = Symbol('rehearsal time-out');
  const prototype = net.Socket.prototype;
  const { _unrefTimer: touched, _destroy: destroy } = prototype;
  prototype.setTimeout = function (delay, callback) {
    if (this.destroyed) return this;
    this.timeout = delay;
    this[key]?.close();
    this[key] = undefined;
    if (delay === 0) {
      if (callback !== undefined) this.removeListener('timeout', callback);
      return this;
    }
    this[key] = new Timeout(clock, () => this._onTimeout(), delayOf(delay), [], { ref: false });
    if (callback !== undefined) this.once('timeout', callback);
    return this;
  };
  prototype._unrefTimer = function () {
    this[key]?.refresh();
    this._parent?.[key]?.refresh(); // below TLS there is another socket
    touched.call(this);
  };
  prototype._destroy = function (...args) {
    this[key]?.close();
    this[key] = undefined;
    return destroy.apply(this, args);
  };
}

/** Web Crypto works in threads that nothing else here can see. Its operations under way are counted. */
function watchCrypto(clock) {
  let count = 0;
  const change = (delta) => {
    count += delta;
    clock.generation += 1;
  };
  const prototype = Object.getPrototypeOf(globalThis.crypto.subtle);
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const original = prototype[name];
    if (name === 'constructor' || typeof original !== 'function') continue;
    prototype[name] = function (...args) {
      const result = original.apply(this, args);
      if (typeof result?.then !== 'function') return result;
      change(1);
      result.then(
        () => change(-1),
        () => change(-1),
      );
      return result;
    };
  }
  return () => count > 0;
}

/** Knows whether this process is idle. */
function watcher(clock) {
  const requests = new Set(); // of node:http
  const fetches = new Set(); // of undici, Node's own or a bundled one
  const seen = (set, add) => (message) => {
    clock.generation += 1;
    if (add) set.add(message.request);
    else set.delete(message.request);
  };
  diagnostics.subscribe('http.client.request.created', seen(requests, true));
  diagnostics.subscribe('undici:request:create', seen(fetches, true));
  diagnostics.subscribe('undici:request:trailers', seen(fetches, false));
  diagnostics.subscribe('undici:request:error', seen(fetches, false));

  const over = (request) =>
    request.destroyed || request.closed || request.res?.complete === true || request.upgradeOrConnect === true;
  const inFlight = () => {
    for (const request of requests)
      if (over(request)) {
        requests.delete(request);
        clock.generation += 1;
      }
    for (const request of fetches)
      if (request.aborted || request.completed) {
        fetches.delete(request);
        clock.generation += 1;
      }
    return requests.size + fetches.size;
  };

  // What may stay open while nothing happens. Anything else (files being read, names being looked up, connections
  // being made, writes not taken yet, immediates, children) is work.
  const resting = new Set([
    'MessagePort',
    'PipeWrap',
    'SignalWrap',
    'TCPServerWrap',
    'TCPSocketWrap',
    'TLSWrap',
    'TTYWrap',
    'Timeout',
  ]);
  const computing = watchCrypto(clock);
  const working = () => computing() || process.getActiveResourcesInfo().some((name) => !resting.has(name));

  let last = -1;
  let lastUse = real.utilization();
  let quietLooks = 0;
  return {
    /** Requests of an earlier clock do not count. */
    begin() {
      requests.clear();
      fetches.clear();
      last = -1;
      quietLooks = 0;
      lastUse = real.utilization();
    },
    look() {
      const use = real.utilization();
      const worked = real.utilization(use, lastUse).active > WORK_MS;
      lastUse = use;
      const count = inFlight();
      const calm = clock.generation === last && !worked && !working();
      last = clock.generation;
      quietLooks = calm ? quietLooks + 1 : 0;
      let next = null;
      let idleNext = null;
      for (const timer of clock.pending) {
        if (timer.housekeeping) idleNext = Math.min(idleNext ?? timer.due, timer.due);
        else next = Math.min(next ?? timer.due, timer.due);
      }
      return { quiet: quietLooks >= QUIET_LOOKS, inFlight: count, next, idleNext, generation: clock.generation };
    },
    unchangedSince: (generation) => {
      inFlight();
      return clock.generation === generation && quietLooks >= QUIET_LOOKS && !working();
    },
  };
}
