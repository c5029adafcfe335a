import { describeGrant, nameOrId, typeInWords, type Grant, type Identity, type Words } from './grant.ts';
import { several, withArticle } from './words.ts';

/** Several grants in one phrase, and each by the parts in which it differs from the others. */
export interface GrantNames {
  /** `group "Payments On-Call" with role "Reader" on 12 places` */
  readonly all: string;
  /** `place "payments-prod"`, where the grants differ in nothing else; the whole grant where they do not differ. */
  readonly of: (grant: Grant) => string;
}

/** A principal, a role or a target of a grant; `link` is the word before it where another part precedes it. */
interface Part {
  readonly noun: (grant: Grant) => string;
  readonly link: string;
  readonly of: (grant: Grant) => Identity | null;
}

export function namesAmong(grants: readonly Grant[], words: Words, name = nounAndName): GrantNames {
  const parts = partsOf(words).flatMap((part) => {
    const ids = new Set(grants.map((grant) => part.of(grant)?.id));
    ids.delete(undefined);
    return ids.size === 0 ? [] : [{ part, count: ids.size }];
  });
  const [first] = grants;
  const all = parts.map(({ part, count }) => {
    const identity = first === undefined ? null : part.of(first);
    const noun = commonNoun(grants, part);
    return {
      link: part.link,
      text: count === 1 && identity !== null ? name(noun, identity, words) : several(count, noun),
    };
  });
  const differing = parts.filter(({ count }) => count > 1).map(({ part }) => part);
  return {
    all: joined(all),
    of: (grant) => {
      if (differing.length === 0) return describeGrant(grant, words);
      const texts = differing.flatMap(({ link, noun, of }) => {
        const identity = of(grant);
        return identity === null ? [] : [{ link, text: nounAndName(noun(grant), identity, words) }];
      });
      return joined(texts);
    },
  };
}

/** `place "payments-prod"`, or `place 123456789012` where no name was looked up. */
function nounAndName(noun: string, identity: Identity, words: Words): string {
  return `${noun} ${nameOrId(identity, words)}`;
}

/** An ID of at most this many characters, such as an account number, is read at a glance. */
export const shortId = 12;
const longestName = 64;

/** The same for a headline: `a place` where the ID is long. */
export function nounAndShortName(noun: string, identity: Identity, words: Words): string {
  const { id, name } = identity;
  const isShort = name === null ? words.brief(id).length <= shortId : name.length <= longestName;
  return isShort ? nounAndName(noun, identity, words) : withArticle(noun);
}

function partsOf(words: Words): readonly Part[] {
  return [
    {
      noun: (grant) => (grant.kind === 'assignment' ? typeInWords(grant.principal) : ''),
      link: '',
      of: (grant) => (grant.kind === 'assignment' ? grant.principal : null),
    },
    { noun: () => words.role, link: 'with', of: ({ role }) => role },
    { noun: () => words.target, link: 'on', of: ({ target }) => target },
  ];
}

function commonNoun(grants: readonly Grant[], { noun }: Part): string {
  const [first = '', ...others] = new Set(grants.map(noun));
  return others.length === 0 ? first : 'principal';
}

function joined(parts: readonly { readonly link: string; readonly text: string }[]): string {
  return parts.map(({ link, text }, index) => (index === 0 ? text : `${link} ${text}`)).join(' ');
}
