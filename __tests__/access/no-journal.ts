import type { Journal } from '../../src/access/leases/journal.ts';

/** Journal for runs that take no leases. */
export const noJournal: Journal = { open: () => undefined, note: () => undefined };
