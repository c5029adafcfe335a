import { Refusal } from '#access/errors';
import { isRecord } from '#access/json';
import { answerNotAsDescribed, noAdviceOnAnswer } from '../messages/repository.ts';

/** A JSON object of GitHub's. A member that is not as GitHub describes it throws a `Refusal`: it proves nothing. */
export interface Answer {
  text(name: string): string;
  textOrNull(name: string): string | null;
  /** A number of an object, as text: never changed, and never given away again. */
  id(name: string): string;
  count(name: string): number;
  /** Milliseconds since the epoch. */
  time(name: string): number;
  timeOrNull(name: string): number | null;
  child(name: string): Answer;
  childOrNull(name: string): Answer | null;
  list(name: string): readonly Answer[];
  /** Empty where the member is missing. */
  listOrEmpty(name: string): readonly Answer[];
}

/** @param what a noun, such as `the reviews of pull request 7` */
export function answerOf(data: unknown, what: string): Answer {
  if (!isRecord(data)) throw strange(what);
  const value = <T>(name: string, understand: (value: unknown) => T | undefined): T => {
    const understood = understand(data[name]);
    if (understood === undefined) throw strange(what, name);
    return understood;
  };
  const orNull = <T>(name: string, understand: (value: unknown) => T | undefined): T | null =>
    data[name] === null || data[name] === undefined ? null : value(name, understand);
  const child = (it: unknown): Answer | undefined => (isRecord(it) ? answerOf(it, what) : undefined);
  const list = (it: unknown): readonly Answer[] | undefined =>
    Array.isArray(it) ? it.map((one) => answerOf(one, what)) : undefined;
  return {
    text: (name) => value(name, textIn),
    textOrNull: (name) => orNull(name, textIn),
    id: (name) => value(name, idIn),
    count: (name) => value(name, countIn),
    time: (name) => value(name, timeIn),
    timeOrNull: (name) => orNull(name, timeIn),
    child: (name) => value(name, child),
    childOrNull: (name) => orNull(name, child),
    list: (name) => value(name, list),
    listOrEmpty: (name) => orNull(name, list) ?? [],
  };
}

/** The members of a list that is the whole answer. */
export function answersOf(data: unknown, what: string): readonly Answer[] {
  if (!Array.isArray(data)) throw strange(what);
  return data.map((one) => answerOf(one, what));
}

function strange(what: string, member?: string): Refusal {
  return new Refusal(answerNotAsDescribed(what, member), noAdviceOnAnswer);
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Ids beyond what a number holds exactly are read as big integers. */
function idIn(value: unknown): string | undefined {
  return Number.isSafeInteger(value) || typeof value === 'bigint' ? String(value) : undefined;
}

function countIn(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? Number(value) : undefined;
}

function timeIn(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
