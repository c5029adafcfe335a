import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import { maxFileBytes } from '#access/files/grammar';
import { blobOf } from '../inputs/access-files.ts';
import * as messages from '../messages/people.ts';
import { answerOf, answersOf } from './answers.ts';
import { contentsAt, type Repository } from './repository.ts';

/**
 * The bytes of a file at a commit; anything but an ordinary file that GitHub gives whole is a `Refusal`. Through a symlink
 * GitHub gives the file that it leads to: only the list of its folder shows it. Source: docs/design/github.md#contents.
 */
export async function readFileAt(
  path: string,
  sha: string,
  repository: Repository,
  budget: Budget,
): Promise<Uint8Array> {
  const question = contentsAt(path, sha);
  const { what } = question;
  const refused = (problem: string): Refusal => new Refusal(problem, messages.correctFile(path));
  const folder = { ...contentsAt(path.split('/').slice(0, -1).join('/'), sha), what };
  const [data, listed] = await Promise.all([
    repository.dataOrNone(question, budget),
    repository.dataOrNone(folder, budget),
  ]);
  if (data === null || listed === null) throw refused(messages.noFile(what));
  if (Array.isArray(data)) throw refused(messages.noPlainFile(what));
  const answer = answerOf(data, what);
  const entry = answersOf(listed, what).find((it) => it.text('path') === path);
  if (answer.text('type') !== 'file' || entry?.text('type') !== 'file') throw refused(messages.noPlainFile(what));
  // Of a file above 1 MiB GitHub gives no content.
  if (answer.count('size') > maxFileBytes || answer.text('encoding') !== 'base64')
    throw refused(messages.tooLarge(what));
  const bytes = Buffer.from(answer.text('content'), 'base64');
  if (blobOf(bytes) !== answer.text('sha')) throw refused(messages.noPlainFile(what));
  return bytes;
}
