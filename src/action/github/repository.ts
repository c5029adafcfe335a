import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import { remembered } from '#access/remembered';
import * as messages from '../messages/repository.ts';
import { thisRepository } from '../messages/verified-run.ts';
import { answerOf, answersOf, type Answer } from './answers.ts';
import { askAbout, faultIn, openRest, type Asker, type AskerTools } from './asker.ts';
import type { RestAnswer, RestGet } from './github-rest.ts';

/** A question about this repository. */
export interface Question {
  /** Path template below `/repos/{owner}/{repo}`. What it does not name goes into the query. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** A noun for what is asked about, such as `the reviews of pull request 7`. */
  readonly what: string;
  /** The permission of the token that GitHub requires for it, such as `actions: read`. */
  readonly permission: Permission;
}

export type Permission = 'actions: read' | 'contents: read' | 'metadata: read' | 'pull-requests: read';

/**
 * Reads this repository through GitHub's REST API, with the input `github-token` only. What GitHub does not show is a
 * `Refusal` that names what was asked, the answer, and the permission.
 */
export interface Repository {
  /** The repository itself; asked for once. */
  home(budget: Budget): Promise<Answer>;
  one(question: Question, budget: Budget): Promise<Answer>;
  /** `null` where GitHub has none (404). */
  oneOrNone(question: Question, budget: Budget): Promise<Answer | null>;
  /** The same answer as GitHub gives it: an object or a list. */
  dataOrNone(question: Question, budget: Budget): Promise<unknown>;
  /** The pages of a list, one request each. @param member that has the list, if it is not the answer itself */
  pages(question: Question, budget: Budget, member?: string): AsyncIterable<readonly Answer[]>;
  /** Looks again until GitHub shows something; `null` where it still shows nothing after the last wait. */
  untilShown<T>(look: () => Promise<T | null>, budget: Budget): Promise<T | null>;
  /** The time of GitHub's last answer by its own clock, in milliseconds since the epoch: this machine's may be wrong. */
  date(): number;
}

/** Statuses that are answers. */
const answers: readonly number[] = [200, 404];
const perPage = 100;
/** Maximum number of pages of a list. */
const mostPages = 100;
/** Waits for what is not listed yet, in milliseconds: GitHub does not say how soon it is. */
const waitsMs = [1_000, 2_000, 4_000, 8_000, 15_000];

export function createRepository(asker: Asker, tools: AskerTools): Repository {
  let opened: Promise<RestGet> | null = null;
  let answeredAt = Number.NaN;

  const ask = async (question: Question, more: Question['parameters'], budget: Budget): Promise<RestAnswer> => {
    const get = await (opened ??= open(asker, tools));
    const answer = await get(question.path, { ...question.parameters, ...more }, budget);
    if (typeof answer === 'string') throw new Refusal(messages.notRead(question.what, answer), messages.askLater);
    if (!answers.includes(answer.status)) throw denied(question, answer);
    answeredAt = Date.parse(String(answer.headers['date']));
    return answer;
  };
  const existing = async (question: Question, more: Question['parameters'], budget: Budget): Promise<RestAnswer> => {
    const answer = await ask(question, more, budget);
    if (answer.status === 404) throw denied(question, answer);
    return answer;
  };

  const one = async (question: Question, budget: Budget): Promise<Answer> => {
    const { data } = await existing(question, {}, budget);
    return answerOf(data, question.what);
  };

  return {
    home: remembered((budget) => one({ path: '', what: thisRepository, permission: 'metadata: read' }, budget)),
    one,
    async oneOrNone(question, budget) {
      const { status, data } = await ask(question, {}, budget);
      return status === 404 ? null : answerOf(data, question.what);
    },
    async dataOrNone(question, budget) {
      const { status, data } = await ask(question, {}, budget);
      return status === 404 ? null : data;
    },
    async *pages(question, budget, member) {
      const { what } = question;
      let more: Question['parameters'] | null = { per_page: perPage };
      for (let page = 1; more !== null; page += 1) {
        if (page > mostPages) throw new Refusal(messages.tooMany(what, mostPages * perPage), messages.noAdviceOnAnswer);
        const { data, headers }: RestAnswer = await existing(question, more, budget);
        yield member === undefined ? answersOf(data, what) : answerOf(data, what).list(member);
        more = nextPage(headers['link']);
      }
    },
    async untilShown(look, budget) {
      for (const waitMs of waitsMs) {
        const found = await look();
        if (found !== null) return found;
        await tools.clock.sleep(waitMs, budget.signal);
      }
      return look();
    },
    date() {
      if (Number.isNaN(answeredAt)) throw new Refusal(messages.noDate, messages.noAdviceOnAnswer);
      return answeredAt;
    },
  };
}

/** A question about a file or a folder at a commit. @param path from the root of the repository; empty for the root */
export function contentsAt(path: string, ref: string): Question {
  const place = path.split('/').map(encodeURIComponent).join('/');
  const what = messages.fileAt(path, ref);
  return { path: `/contents/${place}`, parameters: { ref }, what, permission: 'contents: read' };
}

/** The query of the next page, by number or by cursor; `null` after the last. Source: GitHub Docs, pagination. */
function nextPage(link: string | number | undefined): Readonly<Record<string, string>> | null {
  const next = /<(?<address>[^>]+)>\s*;[^,]*\brel="?next"?/u.exec(String(link))?.groups?.['address'];
  const url = next === undefined ? null : URL.parse(next);
  return url === null ? null : Object.fromEntries(url.searchParams);
}

/** All members of a list. More than `most` are a refusal with `hint`: a list that is not read to its end proves nothing. */
export async function allOf(
  pages: AsyncIterable<readonly Answer[]>,
  most: number,
  what: string,
  hint: string = messages.noAdviceOnAnswer,
): Promise<readonly Answer[]> {
  const all: Answer[] = [];
  for await (const page of pages) {
    all.push(...page);
    if (all.length > most) throw new Refusal(messages.tooMany(what, most), hint);
  }
  return all;
}

async function open(asker: Asker, tools: AskerTools): Promise<RestGet> {
  const fault = faultIn(asker);
  const rest = fault ?? (await openRest(asker, tools));
  if (typeof rest !== 'string') return askAbout(asker.repository, rest, answers);
  throw new Refusal(messages.cannotAsk(rest), messages.giveToken);
}

function denied({ what, permission }: Question, { status, data }: RestAnswer): Refusal {
  const said = typeof data === 'object' && data !== null && 'message' in data ? String(data.message) : '';
  return new Refusal(messages.notShown(what, status, said), messages.permit(permission, status));
}
