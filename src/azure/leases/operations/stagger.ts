import type { Random } from '#access/clock';
import type { Ask } from '../steps/asks.ts';

/** From a read to the write that rests on it takes about so long, in milliseconds. */
const perOther = 500;
/** So many others are assumed by whom somebody has just been quicker than: it is not known yet who they are. */
export const unknownOthers = 6;
const longest = 10_000;

/**
 * Those who write to one record at the same moment overtake one another, and would do so again after the same wait: each
 * waits a little longer by chance, the more of them there are.
 */
export function stagger(ask: Ask, others: number, random: Random): Ask {
  if (ask.do !== 'sleep') return ask;
  const spread = Math.min(longest, perOther * others);
  return { ...ask, until: ask.until + Math.round(random() * spread) };
}
