import type { PlanDocument, PlannedGrant, PlannedRefusal } from '#access/plan/document';
import type { RemovalCause } from '#access/plan/plan';
import type { Approval } from '../approval/approval.ts';
import { approvedBy } from '../messages/approvals.ts';
import {
  appliedBy,
  counted,
  digestIs,
  lasting,
  noRoom,
  nothingIsDoneYet,
  planHeadline,
  planRefused,
  sectionTitles,
} from '../messages/plan-markdown.ts';
import { harmless } from '../text.ts';

/** Characters of the whole text. GitHub refuses a comment of more than 65,536; the rest is for what a workflow adds. */
export const largestMarkdown = 60_000;

/** Lines under a title. Those that do not fit are counted. */
interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/**
 * A plan as Markdown for a comment: all counts in the first line, a refusal in the second, then what would be revoked, then
 * the rest. Names of files and clouds are inert in it.
 *
 * @param notices sentences about what the plan leaves out
 * @param refusal why the step refused the plan, in sentences; `null` where it did not
 */
export function renderPlanMarkdown(
  document: PlanDocument,
  notices: readonly string[],
  refusal: string | null = null,
  approvals: readonly Approval[] = [],
): string {
  const refused = refusal === null ? '' : `${planRefused(codeSentence(refusal))}\n`;
  const head = `${headline(document)}\n${refused}\n${nothingIsDoneYet}\n`;
  const end = `\n${[...ending(document), ...approvals.map((it) => codeSentence(approvedBy(it)))].join('\n')}\n`;
  const sections = sectionsOf(document, notices).filter(({ lines }) => lines.length > 0);
  // The titles, and the counts of what does not fit, always have their room.
  const frames = sections.map(({ title, lines }) => frame(title, [], lines.length).length);
  let room = largestMarkdown - head.length - end.length - frames.reduce((sum, size) => sum + size, 0);
  const written = sections.map(({ title, lines }) => {
    const fitting = lines.filter((line) => {
      const size = line.length + 1;
      if (size > room) return false;
      room -= size;
      return true;
    });
    return frame(title, fitting, lines.length - fitting.length);
  });
  return head + written.join('') + end;
}

function frame(title: string, lines: readonly string[], left: number): string {
  const more = left === 0 ? '' : `- ${noRoom(left)}\n`;
  return `\n#### ${title}\n\n${lines.map((line) => `${line}\n`).join('')}${more}`;
}

function headline({ operation, cloud, changes, kept, refused }: PlanDocument): string {
  const of = (action: string): number => changes.filter((change) => change.action === action).length;
  const [pushes, creations, updates, removals] = [of('provision'), of('create'), of('update'), of('remove')];
  const counts = [
    ...(operation === 'provision'
      ? [`${pushes} ${counted.provision}`]
      : [`${removals} ${counted.remove}`, `${creations} ${counted.create}`, `${updates} ${counted.update}`]),
    `${kept.length} ${counted.keep}`,
    `${refused.length} ${counted.refuse}`,
  ];
  return planHeadline(code(operation), code(cloud), counts.join(', '));
}

function sectionsOf({ changes, refused, settings }: PlanDocument, notices: readonly string[]): readonly Section[] {
  const of = (action: 'remove' | 'create' | 'update' | 'provision', cause?: RemovalCause): Section => ({
    title: sectionTitles[cause ?? action],
    lines: changes.flatMap((change) =>
      change.action === action && change.cause === cause ? [`- ${grantLine(change)}`] : [],
    ),
  });
  return [
    of('remove', 'extra'),
    of('remove', 'expired'),
    of('remove'),
    { title: sectionTitles.refuse, lines: refused.map(refusalLine) },
    of('create'),
    of('update'),
    of('provision'),
    { title: sectionTitles.notices, lines: notices.map((notice) => `- ${codeSentence(notice)}`) },
    {
      title: sectionTitles.settings,
      lines: Object.entries(settings).map(([name, value]) => `- ${code(name)}: ${code(value)}`),
    },
  ];
}

function refusalLine({ reason, ...grant }: PlannedRefusal): string {
  return `- ${grantLine(grant)}: ${codeSentence(reason)}`;
}

/** Principal, role and target; the ID beside a name where two things can have the same name. */
function grantLine(grant: PlannedGrant): string {
  const type = grant['principal-type'] === '' ? '' : `${code(grant['principal-type'])} `;
  const principal = named(grant['principal-name'], grant['principal-id']);
  const role = code(grant['role-name'] === '' ? grant['role-id'] : grant['role-name']);
  const who = grant['principal-id'] === '' ? '' : `${type}${principal} → `;
  return `${who}${role} → ${named(grant['target-name'], grant['target-id'])}`;
}

function named(name: string, id: string): string {
  return name === '' ? code(id) : `${code(name)} (${code(id)})`;
}

function ending({ caller, directory, lifetime, operation, digest }: PlanDocument): readonly string[] {
  const isGranting = operation === 'assign';
  return [
    appliedBy(code(caller), code(directory)),
    ...(isGranting ? [lasting(code(lifetime))] : []),
    digestIs(code(digest)),
  ];
}

/* Pieces of a Markdown text that GitHub renders in a comment. Text that is passed in ends up in code, where GitHub looks
   for no mention, reference, link, address or HTML. An entity instead would not do: GitHub finds mentions after it has
   read the entities. Source: gjtorikian/html-pipeline, MentionFilter and its kin leave out `pre`, `code` and `a`. */

/** Characters of a text that is shown; more are cut off. */
const longestText = 1_024;

/** A text from outside as code on one line. It contains no backtick, so a single one on each side holds it. */
export function code(text: string): string {
  const shown = shorten(escaped(text));
  // Blanks at both ends would be stripped, and code cannot be empty.
  return `\`${shown.trim() === '' ? '\u2014' : shown.trim()}\``;
}

/** A sentence with names in it, as code; what it marks as code is in quotes. */
function codeSentence(text: string): string {
  return code(text.replaceAll('`', "'"));
}

/** Backticks and `<` as escapes too: whatever reads the text without Markdown finds no tag and no comment marker in it. */
function escaped(text: string): string {
  return harmless(text).replaceAll(/[`<\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

function shorten(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText).replace(/[\ud800-\udbff]$/u, '')}…`;
}
