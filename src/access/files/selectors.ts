import {
  badLine,
  everyBesideOthers,
  exclusionsOnly,
  noExclusionHere,
  noRequesterHere,
  notById,
} from '../messages/access-files.ts';
import { requester, type Line, type Part } from '../request.ts';
import type { FaultSink } from './fault-sink.ts';
import type { FileGrammar } from './grammar.ts';
import type { PlacedText } from './texts.ts';

/** The value that selects everything of a part, where that is allowed. */
const every = '*';
const exclusion = '!';

/** The grammar that checks lines, and the example beside a fault. */
export interface Checking {
  readonly grammar: FileGrammar;
  readonly sink: FaultSink;
  readonly example: string;
}

/** Lines of one part without exclusions. */
export function checkLines(part: Part, texts: readonly PlacedText[], checking: Checking): readonly Line[] {
  return texts.flatMap((text) => checkLine(part, text, checking));
}

/** The same where `*` means all, which is `null`. */
export function checkOrEvery(part: Part, texts: readonly PlacedText[], checking: Checking): readonly Line[] | null {
  const whole = texts.find(({ text }) => text === every);
  if (whole === undefined) return checkLines(part, texts, checking);
  if (texts.length > 1) checking.sink.add(whole.at, everyBesideOthers(part), checking.example);
  return null;
}

/** The lines of `target`, and those that began with `!`, without it. */
interface Targets<Lines> {
  readonly targets: Lines;
  readonly exclusions: readonly Line[];
}

export function checkTargets(texts: readonly PlacedText[], checking: Checking): Targets<readonly Line[]> {
  const included = texts.filter((text) => !isExclusion(text));
  const [first] = texts;
  if (first !== undefined && included.length === 0) checking.sink.add(first.at, exclusionsOnly, checking.example);
  return {
    targets: checkLines('target', included, checking),
    exclusions: texts.filter(isExclusion).flatMap((text) => checkExclusion(text, checking)),
  };
}

/** The same where `*` means all, which is `null`. */
export function checkTargetsOrEvery(texts: readonly PlacedText[], checking: Checking): Targets<readonly Line[] | null> {
  const included = texts.filter((text) => !isExclusion(text));
  if (!included.some(({ text }) => text === every)) return checkTargets(texts, checking);
  const exclusions = texts.filter(isExclusion).flatMap((text) => checkExclusion(text, checking));
  return { targets: checkOrEvery('target', included, checking), exclusions };
}

function isExclusion({ text }: PlacedText): boolean {
  return text.startsWith(exclusion);
}

/** The problem of a parser quotes the line, so the fault has another text. */
function checkLine(part: Part, { text, at }: PlacedText, { grammar, sink, example }: Checking): readonly Line[] {
  if (text.startsWith(exclusion)) {
    sink.add(at, noExclusionHere(part), example);
    return [];
  }
  if (part === 'principal' && text === requester) {
    sink.add(at, noRequesterHere, example);
    return [];
  }
  const parsed = grammar.line(part, text);
  if (!parsed.ok) sink.add(at, badLine(part), example);
  else if (!grammar.isAllowed(parsed.value)) sink.add(at, notById(part), example);
  return parsed.ok ? [parsed.value] : [];
}

function checkExclusion({ text, at }: PlacedText, { grammar, sink, example }: Checking): readonly Line[] {
  const line = text.slice(exclusion.length).trim();
  const parsed = line === '' ? null : grammar.exclusion(line);
  if (parsed?.ok !== true) sink.add(at, badLine('target'), example);
  else if (!grammar.isAllowed(parsed.value)) sink.add(at, notById('target'), example);
  return parsed?.ok === true ? [parsed.value] : [];
}
