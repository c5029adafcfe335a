import { readFile } from 'node:fs/promises';

/** Actions of a process outside of it, as witness.mjs saw them. */
export interface Witness {
  /** IP addresses (or local pipes) that it connected to, or tried to; the rehearsal's clock is left out. */
  readonly addresses: readonly string[];
  /** Names that it asked the machine's resolver for. */
  readonly names: readonly string[];
  /** Programs that it started. */
  readonly programs: readonly string[];
  /** The most resident memory at any time; 0 for a process that was killed. */
  readonly peakMB: number;
}

/** An option of node, for a process to watch; REHEARSAL_WITNESS names the file of the report. */
export const watching = `--import ${new URL('./witness.mjs', import.meta.url).href}`;

export async function readWitness(file: string): Promise<Witness> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line.endsWith('}'));
  const told = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const all = (kind: string): readonly string[] => [
    ...new Set(told.flatMap(({ [kind]: value }) => (typeof value === 'string' ? [value] : []))),
  ];
  const { peakMB = 0 } = told.at(-1) ?? {};
  return { addresses: all('address'), names: all('name'), programs: all('program'), peakMB: Number(peakMB) };
}
