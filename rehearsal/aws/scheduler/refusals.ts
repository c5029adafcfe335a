import { Refusal } from '../refusal.ts';

export function conflict(message: string): Refusal {
  return new Refusal('ConflictException', message, { status: 409 });
}

/** The wording is seen live (aws-sdk-js-v3#5720). */
export function notFound(what: string): Refusal {
  return new Refusal('ResourceNotFoundException', `${what} does not exist.`, { status: 404 });
}
