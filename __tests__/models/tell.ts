import { byTimer } from './access.ts';
import type { Rules } from './rules.ts';
import { now, tick } from './scale.ts';
import type { World } from './world.ts';

/** A state in words, for the reader of a trace. */
export function tell(rules: Rules, world: World): string {
  const { cast } = rules.options;
  const { present, permanent, operation, before } = world.access;
  const by = operation === null ? '' : operation.by === byTimer ? 'a timer' : (cast[operation.by]?.name ?? '?');
  const access = `${permanent ? 'PERMANENT' : present ? 'present' : 'absent'}${before === null ? '' : '*'}${operation === null ? '' : `, ${operation.what} by ${by} running`}`;
  const records = world.slots.flatMap(({ record, before }, index) => {
    if (record === null && before.length === 0) return [];
    const { kind, holder } = rules.names[index] ?? { kind: '?', holder: '?' };
    if (record === null) return [`(${kind} ${holder})`];
    const state = kind !== 'timer' ? '' : record.enabled ? `@${record.fires}` : ' dead';
    return [`${kind} ${holder}${state}${before.length > 0 ? '*' : ''}`];
  });
  const parties = world.parties.map(({ who, stage, place, success, unseen }) => {
    const at = place === null ? '' : `:${place.at}${wait(place.ask)}`;
    return `${cast[who]?.name ?? ''} ${stage}${at}${success ? ' SUCCESS' : ''}${unseen === null ? '' : ' (stands still)'}`;
  });
  const { calls, strays } = world.air;
  const air = [...calls.map(() => 'call'), ...strays.map(({ ask }) => `stray ${ask.do}`)];
  return [
    `${world.today}${world.fresh ? '+' : ''}`,
    access,
    records.join(', '),
    air.join(', '),
    parties.join('; '),
  ].join(' | ');
}

function wait(ask: { readonly do: string; readonly until?: number }): string {
  return ask.until !== undefined && ask.until > now ? ` (${(ask.until - now) / tick} ticks)` : '';
}
