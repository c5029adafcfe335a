import * as core from '@actions/core';
import { createHash } from 'node:crypto';
import type { EndpointSetting } from '#access/endpoints';
import type { Assignment } from '#access/grant';
import type { Ending, Journal, Note } from '#access/leases/journal';
import { anyHolder } from '#access/leases/names';
import { packGrants } from './packed-grants.ts';
import { chunkKey, progressKey, stateKey, stateVersion } from './state-key.ts';

/** The state that main saves for post about the leases that it is about to take. It has no secret. */
export interface LeaseState {
  readonly version: typeof stateVersion;
  readonly leases: Ending & {
    readonly cloud: string;
    /** The endpoints that were in force. */
    readonly endpoints: readonly EndpointSetting[];
    /** GitHub's REST API. */
    readonly apiUrl: string;
    readonly reason: string | null;
    readonly grants: number;
    /** In how many pieces the grants are, and the SHA-256 of all of them together. */
    readonly chunks: number;
    readonly digest: string;
  };
}

/**
 * A piece of state is an environment variable of the post step: under 8 KB everywhere. Source:
 * docs/design/github.md#state-and-file-commands.
 */
const largestChunk = 7_000;
/** Number of grants that share one text about their progress, which is written again for each step of each. */
export const progressGroup = 16;

interface JournalSettings {
  readonly cloud: string;
  readonly endpoints: readonly EndpointSetting[];
  /** GitHub's REST API. */
  readonly apiUrl: string;
  readonly reason: string | null;
}

/** Writes what post will need, each thing before it is done. A state that is written again replaces the one before. */
export function createJournal({ cloud, endpoints, apiUrl, reason }: JournalSettings): Journal {
  const indexes = new Map<Assignment, number>();
  const notes: (Note | undefined)[] = [];
  return {
    open(grants, ending) {
      for (const [index, grant] of grants.entries()) indexes.set(grant, index);
      const packed = packGrants(grants);
      const chunks = packed.match(new RegExp(`[^]{1,${largestChunk}}`, 'gu')) ?? [];
      for (const [index, chunk] of chunks.entries()) core.saveState(chunkKey(index), chunk);
      for (let group = 0; group * progressGroup < grants.length; group += 1) core.saveState(progressKey(group), '-');
      const state: LeaseState = {
        version: stateVersion,
        leases: {
          ...ending,
          cloud,
          endpoints,
          apiUrl,
          reason,
          grants: grants.length,
          chunks: chunks.length,
          digest: digestOf(packed),
        },
      };
      // Last: whatever it speaks of is there.
      core.saveState(stateKey, JSON.stringify(state));
    },
    note(grant, note) {
      const index = indexes.get(grant);
      if (index === undefined) throw new TypeError('a lease that nobody announced');
      notes[index] = note;
      const group = Math.floor(index / progressGroup);
      const those = Array.from({ length: progressGroup }, (_, place) => notes[group * progressGroup + place]);
      core.saveState(progressKey(group), those.map(writeNote).join(';'));
    },
  };
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const letters = { holding: 'h', arming: 'a', creating: 'c', made: 'm', held: 'l', shared: 's', over: 'o' } as const;

/** `c1b2k3f:0a1b…`: progress, end in minutes, holder. */
function writeNote(note: Note | undefined): string {
  if (note === undefined) return '-';
  return `${letters[note.progress]}${(note.end / 60_000).toString(36)}:${note.holder}`;
}

const notePattern = new RegExp(`^(?<letter>[hacmlos])(?<end>[0-9a-z]{1,8}):(?<holder>${anyHolder})?$`, 'u');

/** The note in a text; `null` where nothing was begun, `undefined` where the text is not a note. */
export function readNote(text: string): Note | null | undefined {
  if (text === '-') return null;
  const { letter, end = '', holder = '' } = notePattern.exec(text)?.groups ?? {};
  const progress = (Object.keys(letters) as (keyof typeof letters)[]).find((name) => letters[name] === letter);
  return progress === undefined ? undefined : { progress, end: Number.parseInt(end, 36) * 60_000, holder };
}
