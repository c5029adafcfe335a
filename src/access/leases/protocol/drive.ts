import type { Go, Moment, Next, Position, Protocol, Turn } from './protocol.ts';

/** Performs the requests of a protocol until it has ended. */
export interface Driving<Memory, Ask, Answer, Outcome = never> {
  /**
   * Performs one request; `null` where it was cut short, and `redirect` says where to continue. Throws only where
   * everything has to end at once, as when the step is canceled.
   */
  readonly perform: (ask: Ask, place: Position<Memory>) => Promise<Answer | null>;
  readonly now: () => Moment;
  /** Called after each answer: where to continue instead, or how to end, for example after the time limit. */
  readonly redirect?: (place: Position<Memory>, now: Moment) => Go<Memory, Outcome> | null;
}

/** Outcome of a protocol, and its memory at the end. */
export interface Driven<Memory, Outcome> {
  readonly outcome: Outcome;
  readonly memory: Memory;
}

/** Performs request after request. It decides nothing: the protocol decides what follows from an answer. */
export async function drive<Memory, Ask, Answer, Outcome>(
  protocol: Protocol<Memory, Ask, Answer, Outcome>,
  from: Next<Memory>,
  { perform, now, redirect }: Driving<Memory, Ask, Answer, NoInfer<Outcome>>,
): Promise<Driven<Memory, Outcome>> {
  let turn: Turn<Memory, Ask, Outcome> = protocol.enter(from.to, from.memory);
  while (turn.kind === 'ask') {
    const { place } = turn;
    const answer = await perform(turn.ask, place);
    if (answer !== null) turn = protocol.step(place, answer, now());
    const elsewhere = turn.kind === 'ask' ? (redirect?.(turn.place, now()) ?? null) : null;
    if (elsewhere === null) continue;
    if ('end' in elsewhere) return { outcome: elsewhere.end, memory: elsewhere.memory };
    turn = protocol.enter(elsewhere.to, elsewhere.memory);
  }
  return turn;
}
