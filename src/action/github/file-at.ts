import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import { maxFileBytes } from '#access/files/grammar';
import { blobOf } from '../inputs/access-files.ts';
import * as messages from '../messages/people.ts';
import { answerOf } from './answers.ts';
import type { Repository } from './repository.ts';

/**
 * The bytes of a file at a commit. A file that GitHub does not give whole, and anything but a file, is a `Refusal`: through a
 * link GitHub gives another file, whose blob or path differs. Source: GitHub's REST description, `repos/get-content`.
 */
export async function readFileAt(
  path: string,
  sha: string,
  repository: Repository,
  budget: Budget,
): Promise<Uint8Array> {
  const what = messages.fileAt(path, sha);
  const refused = (problem: string): Refusal => new Refusal(problem, messages.correctFile(path));
  const place = path.split('/').map(encodeURIComponent).join('/');
  const question = {
    path: `/contents/${place}`,
    parameters: { ref: sha },
    what,
    permission: 'contents: read',
  } as const;
  const data = await repository.dataOrNone(question, budget);
  if (data === null) throw refused(messages.noFile(what));
  if (Array.isArray(data)) throw refused(messages.noPlainFile(what));
  const answer = answerOf(data, what);
  if (answer.text('type') !== 'file' || answer.text('path') !== path) throw refused(messages.noPlainFile(what));
  // Of a file above 1 MB GitHub gives no content.
  if (answer.count('size') > maxFileBytes || answer.text('encoding') !== 'base64')
    throw refused(messages.tooLarge(what));
  const bytes = Buffer.from(answer.text('content'), 'base64');
  if (blobOf(bytes) !== answer.text('sha')) throw refused(messages.noPlainFile(what));
  return bytes;
}
