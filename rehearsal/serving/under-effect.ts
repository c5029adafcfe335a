import type { OpenEntry } from '../journal.ts';
import type { Effect } from '../script.ts';
import type { Answer, Dialect, ReceivedRequest } from './dialect.ts';

/** An answer that leaves now. */
export type ReadyAnswer = Answer & { readonly body: string };

/** Results of an effect other than a response. */
export interface Means {
  readonly breakOff: () => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly later: (ms: number, work: () => void) => void;
}

/** The response that a script leaves or makes; null for none. */
export async function answerUnder(
  effect: Effect | undefined,
  dialect: Dialect,
  request: ReceivedRequest,
  entry: OpenEntry,
  { breakOff, pause, later }: Means,
): Promise<Answer | null> {
  switch (effect?.kind) {
    case undefined:
    case 'lost':
    case 'broken':
    case 'delay':
    case 'flood':
    case 'drip':
      return dialect.handle(request, entry);
    case 'late':
      await pause(effect.ms);
      return dialect.handle(request, entry);
    case 'throttle':
    case 'conflict':
    case 'error':
      return dialect.refuse(entry, effect);
    case 'http':
      return {
        status: effect.status,
        headers: { 'content-type': effect.contentType ?? 'text/html', ...effect.headers },
        body: effect.body,
      };
    case 'redirect':
      return { status: effect.status ?? 307, headers: { location: effect.location }, body: '' };
    case 'answer': {
      const answer = await dialect.handle(request, entry);
      const body = typeof effect.body === 'string' ? effect.body : JSON.stringify(effect.body);
      return answer.status === 200 || answer.status === 201 ? { ...answer, body } : answer;
    }
    case 'altered': {
      const answer = await dialect.handle(request, entry);
      const { contentType } = effect;
      const headers = { ...answer.headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) };
      return answer.status < 300 ? { ...answer, headers, body: effect.alter(ready(answer).body) } : answer;
    }
    case 'hang':
      if (effect.processed === true && effect.afterMs !== undefined)
        later(effect.afterMs, () => {
          void Promise.resolve(dialect.handle(request, entry)).catch(console.error);
        });
      else if (effect.processed === true) await dialect.handle(request, entry);
      return null;
    case 'reset':
      entry.outcome = 'reset';
      breakOff();
      return null;
  }
}

export function ready(answer: Answer): ReadyAnswer {
  const { body } = answer;
  return { ...answer, body: typeof body === 'string' ? body : body() };
}
