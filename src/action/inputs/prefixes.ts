import { wrong, type AnyCloud, type Parsed } from '#access/declaration';
import { parts, type Part } from '#access/request';
import * as messages from '../messages/lines.ts';

/** A cloud, as `cloud` names it, with what its lines begin with. */
interface Dialect extends Pick<AnyCloud<unknown>, 'prefixes' | 'notations'> {
  readonly name: string;
}

/** The dialect of the step's cloud, and those of all others. */
export interface Dialects {
  readonly own: Dialect;
  readonly others: readonly Dialect[];
}

/** By the names that `cloud` gives. */
export function dialectsOf(
  clouds: Readonly<Record<string, AnyCloud<unknown>>>,
  chosen: string,
  cloud: AnyCloud<unknown>,
): Dialects {
  const dialect = (name: string, { prefixes, notations }: AnyCloud<unknown>): Dialect => ({
    name,
    prefixes,
    notations,
  });
  const others = Object.entries(clouds).filter(([name]) => name !== chosen);
  return { own: dialect(chosen, cloud), others: others.map(([name, it]) => dialect(name, it)) };
}

type Strange = (Parsed<never> & { readonly ok: false }) | null;

/**
 * A line that begins with a prefix in capitals, of another part or of another cloud, or that has another cloud's id:
 * with `principal-type` it would be taken for a name. A name that begins so has a prefix of its own before it.
 */
export function strangeTo(text: string, part: Part, { own, others }: Dialects): Strange {
  const {
    word = '',
    gap = '',
    rest = '',
  } = /^(?<word>[a-z][\w -]{0,30}?)(?<gap>\s*:\s*)(?<rest>.*)$/isu.exec(text)?.groups ?? {};
  const isOwn = gap.startsWith(':') && own.prefixes[part][word] === word;
  const foreign = foreignId(isOwn && part === 'principal' ? rest : text, part, others);
  if (foreign !== null) return wrong(messages.ofOtherCloud(text, foreign.form, foreign.cloud, own.name));
  if (isOwn || word === '') return null;
  return part === 'role'
    ? beforeRole(text, word, gap, rest, { own, others })
    : beforeLine(text, word, rest, part, { own, others });
}

function foreignId(
  value: string,
  part: Part,
  others: readonly Dialect[],
): { readonly form: string; readonly cloud: string } | null {
  for (const { name, notations } of others) {
    const found = notations.find(({ pattern, only }) => (only ?? part) === part && pattern.test(value));
    if (found !== undefined) return { form: found.what, cloud: name };
  }
  return null;
}

function beforeLine(text: string, word: string, rest: string, part: Part, { own, others }: Dialects): Strange {
  const meant = prefixIn(own.prefixes[part], word);
  if (meant !== null && rest !== '') return wrong(messages.nearlyPrefix(text, word, meant), `${meant}:${rest}`);
  const place = parts.find((other) => prefixIn(own.prefixes[other], word) !== null);
  if (place !== undefined && place !== part)
    return wrong(messages.prefixOfOther(text, word, place, behindPrefix(own, part)));
  return ofAnother(text, word, part, own, others);
}

function ofAnother(text: string, word: string, part: Part, own: Dialect, others: readonly Dialect[]): Strange {
  const cloud = others.find(({ prefixes }) => parts.some((other) => prefixIn(prefixes[other], word) !== null));
  if (cloud === undefined) return null;
  const names = { cloud: cloud.name, own: own.name };
  return wrong(messages.prefixOfOtherCloud(text, word, names, behindPrefix(own, part)));
}

/** Roles have no prefixes, and names with colons: only what is surely one is taken for it. */
function beforeRole(text: string, word: string, gap: string, rest: string, { own, others }: Dialects): Strange {
  if (gap !== ':' || rest === '') return null;
  const known = [own, ...others].some(({ prefixes }) => parts.some((part) => prefixes[part][word] === word));
  if (!known && !roleWords.includes(word)) return null;
  return wrong(messages.noRolePrefix(text, word), rest);
}

const roleWords: readonly string[] = ['role', 'role-definition', 'permission-set'];

function behindPrefix({ prefixes }: Dialect, part: Part): string {
  const [first] = Object.values(prefixes[part]);
  return first === undefined ? '' : messages.prefixBeforeName(first);
}

/** The prefix that a word stands for, however it is written; `null` for none. */
function prefixIn(prefixes: Readonly<Record<string, string>>, word: string): string | null {
  const plain = (it: string): string => it.toLowerCase().replaceAll(/[\s_-]/gu, '');
  return Object.entries(prefixes).find(([known]) => plain(known) === plain(word))?.[1] ?? null;
}
