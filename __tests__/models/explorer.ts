/**
 * An object of exploration: states, the possible next ones of each, and forbidden ones. A state is packed into `width`
 * integers.
 */
export interface Model<State> {
  readonly width: number;
  readonly initial: State;
  /** Writes the state's canonical integers: equal ones mean the same future. */
  pack(state: State, into: Int32Array, offset: number): void;
  unpack(from: Int32Array, offset: number): State;
  successors(state: State, emit: (next: State, who: string, what: string) => void): void;
  /** The promise that this state breaks. */
  fault(state: State): string | null;
  /** Unfinished work where nothing can happen any more. */
  stuck(state: State): string | null;
  describe(state: State): string;
}

export interface Limits {
  readonly states: number;
  /** Continue after a violation; the first of each kind is kept. */
  readonly goOn: boolean;
  readonly onLevel?: (depth: number, states: number, frontier: number) => void;
}

export interface Violation {
  readonly fault: string;
  readonly trace: readonly string[];
}

export interface Explored {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly exhausted: boolean;
  readonly violations: readonly Violation[];
  readonly seconds: number;
}

/**
 * Breadth-first, so that the first violation's trace is the shortest. Of a visited state only 64 bits are kept: the chance
 * that two of n states share them, and one is missed, is below n²/2⁶⁵ (10 million states: 3 in a million).
 */
export function explore<State>(model: Model<State>, limits: Limits): Explored {
  const began = performance.now();
  const visited = createVisited();
  const { width } = model;
  const packed = new Int32Array(width);
  let frontier = createQueue(width);
  let next = createQueue(width);
  let transitions = 0;
  let depth = 0;
  let exhausted = true;
  const faults = new Map<string, number>();

  const visit = (state: State, parent: number): number => {
    model.pack(state, packed, 0);
    const number = visited.add(packed, parent);
    if (number < 0) return number;
    const fault = model.fault(state);
    if (fault === null) next.push(packed, number);
    else if (!faults.has(fault)) faults.set(fault, number);
    return number;
  };

  visit(model.initial, 0xffff_ffff);
  while (next.size() > 0) {
    [frontier, next] = [next, frontier];
    next.clear();
    limits.onLevel?.(depth, visited.size(), frontier.size());
    for (let index = 0; index < frontier.size(); index += 1) {
      const { data, offset, number } = frontier.at(index);
      const state = model.unpack(data, offset);
      let others = 0;
      model.successors(state, (following) => {
        transitions += 1;
        if (visit(following, number) !== ~number) others += 1;
      });
      if (others === 0) {
        const fault = model.stuck(state);
        if (fault !== null && !faults.has(fault)) faults.set(fault, number);
      }
      if ((faults.size > 0 && !limits.goOn) || visited.size() >= limits.states) break;
    }
    if (faults.size > 0 && !limits.goOn) {
      exhausted = false;
      break;
    }
    if (visited.size() >= limits.states) {
      exhausted = false;
      break;
    }
    depth += 1;
  }
  return {
    states: visited.size(),
    transitions,
    depth,
    exhausted,
    violations: [...faults].map(([fault, number]) => ({ fault, trace: replay(model, visited, number) })),
    seconds: (performance.now() - began) / 1_000,
  };
}

/** Result of one exploration. */
export interface Run extends Omit<Explored, 'violations'> {
  readonly name: string;
  /** The first broken promise, and the shortest way to it. */
  readonly fault: string | null;
  readonly trace: readonly string[];
}

/** Explores until a promise breaks. @param most the largest number of states */
export function run<State>(name: string, model: Model<State>, most: number): Run {
  const { violations, ...explored } = explore(model, { states: most, goOn: false });
  const [first] = violations;
  return { name, ...explored, fault: first?.fault ?? null, trace: first?.trace ?? [] };
}

/** Walks the way to a state again, and reports each step. */
function replay<State>(model: Model<State>, visited: Visited, target: number): readonly string[] {
  const path: number[] = [];
  for (let number = target; number !== 0xffff_ffff; number = visited.parentOf(number)) path.unshift(number);
  const packed = new Int32Array(model.width);
  let state = model.initial;
  const lines = [`0. ${model.describe(state)}`];
  path.slice(1).forEach((number, index) => {
    const ways: { readonly state: State; readonly label: string }[] = [];
    model.successors(state, (following, who, what) => {
      model.pack(following, packed, 0);
      if (visited.is(packed, number)) ways.push({ state: following, label: `${who}: ${what}` });
    });
    const [step] = ways;
    if (step === undefined) throw new Error('the model does not take the same way twice');
    state = step.state;
    lines.push(`${index + 1}. ${step.label}\n     ${model.describe(state)}`);
  });
  return lines;
}

interface Visited {
  /** The number of a new state; the complement of the number of a known one. */
  add(packed: Int32Array, parent: number): number;
  is(packed: Int32Array, number: number): boolean;
  parentOf(number: number): number;
  size(): number;
}

function createVisited(): Visited {
  let room = 1 << 16;
  let low = new Uint32Array(room);
  let high = new Uint32Array(room);
  let parents = new Uint32Array(room);
  let table = new Uint32Array(room * 2);
  let size = 0;
  const print = new Uint32Array(2);
  const grow = (): void => {
    room *= 2;
    low = widened(low, room);
    high = widened(high, room);
    parents = widened(parents, room);
    table = new Uint32Array(room * 2);
    const mask = table.length - 1;
    for (let number = 0; number < size; number += 1) {
      let slot = (low[number] ?? 0) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = number + 1;
    }
  };
  return {
    add(packed, parent) {
      fingerprint(packed, print);
      const [lo = 0, hi = 0] = print;
      const mask = table.length - 1;
      let slot = lo & mask;
      for (let entry = table[slot] ?? 0; entry !== 0; entry = table[slot] ?? 0) {
        if (low[entry - 1] === lo && high[entry - 1] === hi) return ~(entry - 1);
        slot = (slot + 1) & mask;
      }
      table[slot] = size + 1;
      low[size] = lo;
      high[size] = hi;
      parents[size] = parent;
      size += 1;
      if (size === room) grow();
      return size - 1;
    },
    is(packed, number) {
      fingerprint(packed, print);
      return low[number] === print[0] && high[number] === print[1];
    },
    parentOf: (number) => parents[number] ?? 0,
    size: () => size,
  };
}

function widened(from: Uint32Array, room: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(room);
  to.set(from);
  return to;
}

/** Two 32-bit hashes with different multipliers, each mixed over the whole state. */
function fingerprint(packed: Int32Array, into: Uint32Array): void {
  let one = 0x9e37_79b9;
  let two = 0x85eb_ca6b;
  for (const value of packed) {
    one = Math.imul(one ^ value, 0x2c1b_3c6d);
    one = ((one << 13) | (one >>> 19)) + value;
    two = Math.imul(two + value, 0x297a_2d39);
    two ^= two >>> 15;
  }
  one = Math.imul(one ^ (one >>> 16), 0x7feb_352d);
  one = Math.imul(one ^ (one >>> 15), 0x846c_a68b);
  two = Math.imul(two ^ (two >>> 16), 0x21f0_aaad);
  two = Math.imul(two ^ (two >>> 15), 0x735a_2d97);
  into[0] = one ^ (one >>> 16);
  into[1] = two ^ (two >>> 15);
}

interface Queue {
  push(packed: Int32Array, number: number): void;
  at(index: number): { readonly data: Int32Array; readonly offset: number; readonly number: number };
  size(): number;
  clear(): void;
}

/** The packed states of one level, in blocks that are used again. */
function createQueue(width: number): Queue {
  const perBlock = 1 << 14;
  const blocks: { readonly data: Int32Array; readonly numbers: Uint32Array }[] = [];
  let size = 0;
  const blockOf = (index: number): (typeof blocks)[number] => {
    const block = blocks[index >>> 14];
    if (block !== undefined) return block;
    const made = { data: new Int32Array(perBlock * width), numbers: new Uint32Array(perBlock) };
    blocks.push(made);
    return made;
  };
  return {
    push(packed, number) {
      const { data, numbers } = blockOf(size);
      const index = size & (perBlock - 1);
      data.set(packed, index * width);
      numbers[index] = number;
      size += 1;
    },
    at(index) {
      const { data, numbers } = blockOf(index);
      const inside = index & (perBlock - 1);
      return { data, offset: inside * width, number: numbers[inside] ?? 0 };
    },
    size: () => size,
    clear() {
      size = 0;
    },
  };
}
