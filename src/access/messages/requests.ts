import { Refusal } from '../errors.ts';
import { seconds } from '../words.ts';

/* About single requests. Those without a full stop follow the code of an error. */

export const laterTurn = 'the request was not sent yet, because the rate limit delays it';
export const turnTooLate = 'the request was not sent, because the rate limit delays it beyond the time limit';
export const noAnswer = 'there was no answer within the time limit';

export const noAnswerWithin = (ms: number): string => `no answer within ${seconds(ms)}`;

export const longerThan = (mebibytes: number): string => `the answer is longer than ${mebibytes} MiB`;

/** @param took such as `120 ms, try 1` */
export const answeredIn = (operation: string, took: string, requestId: string | null): string =>
  `${operation}: answered in ${took}, request ID ${requestId ?? 'none'}`;

export const failedIn = (operation: string, code: string, took: string, requestId: string | null): string =>
  `${operation}: ${code} in ${took}, request ID ${requestId ?? 'none'}`;

/** @param of the cloud, as people call it */
export const runOrAskSupport = (of: string): string =>
  `Run the step again. If that does not help, contact ${of} support with the request ID.`;

/** @param of the cloud, as people call it; `action`: the request for a page */
export const endless = (of: string, action: string): Refusal =>
  new Refusal(
    `The list of ${of} for ${action} does not end: it names a page again, or is longer than any list.`,
    `Run the step again. If that does not help, contact ${of} support.`,
  );
