import type { World } from '../../rehearsal/world.ts';
import type { Note, RecordStory } from './chronicle.ts';

/** A holder with reported access, until a time. */
export interface Entitled {
  readonly actor: string;
  readonly grant: number;
  readonly end: number;
}

/** Checks everything whenever a request arrives, before it is carried out. */
export interface Watch {
  look(): void;
  records(grant: number): readonly RecordStory[];
  broken(): readonly Note[];
  /** Grants that were permanent, or can be: no step ends them. */
  readonly notOurs: Set<number>;
  readonly entitled: Set<Entitled>;
}

export type OpenRecord = { -readonly [K in keyof RecordStory]: RecordStory[K] };

/** Data for a look at one grant. */
export interface Looking extends Pick<Watch, 'notOurs' | 'entitled'> {
  /** Known data of it so far, by names of records. */
  readonly known: Map<string, OpenRecord>;
  /** Records forbidden states once. */
  readonly breaks: (key: string, text: string) => void;
}

/** @param look at the grant of a number; marks and judges */
export function watchGrants(world: World, count: number, look: (grant: number, looking: Looking) => void): Watch {
  const records = Array.from({ length: count }, () => new Map<string, OpenRecord>());
  const broken = new Map<string, Note>();
  const notOurs = new Set<number>();
  const entitled = new Set<Entitled>();
  const lookAtAll = (): void => {
    for (const [grant, known] of records.entries())
      look(grant, {
        known,
        notOurs,
        entitled,
        breaks: (key, text) => {
          if (!broken.has(key)) broken.set(key, { at: world.now(), text });
        },
      });
  };
  world.script.onRequest(
    {
      where: () => {
        lookAtAll();
        return false;
      },
    },
    () => undefined,
  );
  return {
    look: lookAtAll,
    records: (grant) => [...(records[grant]?.values() ?? [])].map((record) => ({ ...record })),
    broken: () => [...broken.values()],
    notOurs,
    entitled,
  };
}

export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
