import { describe, expect, it } from '@jest/globals';
import {
  longestDescription,
  readRecord,
  textOf,
  writeRecord,
  type Described,
  type RecordPlace,
} from '../../../../src/azure/leases/records/record-text.ts';
import { recordMark } from '../../../../src/azure/leases/records/record-entry.ts';
import type { Entry } from '../../../../src/azure/leases/steps/entries.ts';
import { between, pick, seeded, seeds } from '../../../access/engine/seeded.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const now = Date.parse('2026-11-21T20:00:30Z');
const base32 = '0123456789abcdefghijklmnopqrstuv';

const place: RecordPlace = {
  scope: '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod',
  role: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  principal: '96000000-0000-4000-8000-000000000001',
  name: '39ee8b1f-79ab-4ce9-a67f-2417cdde874c',
};
const read = (description: string, at: Partial<RecordPlace> = {}): Described =>
  readRecord(description, { ...place, ...at }, now);

function drawEntries(random: () => number): readonly Entry[] {
  const letters = (): string => Array.from({ length: 8 }, () => base32[between(random, 0, 31)]).join('');
  const number = (): string => between(random, 0, 50_000_000_000).toString(36);
  return Array.from({ length: between(random, 0, 6) }, () => ({
    holder: [number(), number(), number(), number(), letters()].join('.'),
    end: Math.floor((now + between(random, -40 * day, 30 * day)) / minute) * minute,
    keepAfterJob: random() < 0.5,
  }));
}

const texts = ['', 'INC-1', 'two\nlines', 'ends [so]', '[cloud-access', 'ünïcødé 🔑', 'trailing\n', '\n', ' '] as const;

describe('a record in a description', () => {
  it.each(seeds(60))('is read as it was written: text and holders (seed %i)', (seed) => {
    const random = seeded(seed);
    const [text, entries] = [pick(random, texts), drawEntries(random)];
    expect(read(writeRecord(text, entries, place))).toEqual({ is: 'record', text, entries });
  });

  it.each(seeds(6))(
    'with any one character changed names no new holder, except the changed one (seed %i) (P3)',
    (seed) => {
      const random = seeded(seed);
      const entries = drawEntries(random);
      const description = writeRecord('INC-1', entries, place);
      const start = description.indexOf(recordMark);
      const alphabet = Array.from('0az.@:k[] \n\t\r-K\u00a0');
      for (let at = start; at < description.length; at += 1) {
        const edits = [
          description.slice(0, at) + description.slice(at + 1),
          ...alphabet.flatMap((it) => [
            description.slice(0, at) + it + description.slice(at + 1),
            description.slice(0, at) + it + description.slice(at),
          ]),
        ];
        for (const edited of edits.filter((it) => it !== description)) {
          const found = read(edited);
          if (found.is !== 'record') continue;
          // Before the mark it is the user's text; after it one entry is another one.
          const kept = found.entries.filter((it) => entries.some((was) => JSON.stringify(was) === JSON.stringify(it)));
          expect([edited, found.entries.length, kept.length >= entries.length - 1]).toEqual([
            edited,
            entries.length,
            true,
          ]);
        }
      }
    },
  );

  it.each(seeds(4))('with any other digest proves nothing (seed %i)', (seed) => {
    const description = writeRecord('', drawEntries(seeded(seed)), place);
    const at = `${recordMark} v1 `.length;
    for (let index = 0; index < 10; index += 1)
      for (const letter of base32) {
        const altered = description.slice(0, at + index) + letter + description.slice(at + index + 1);
        expect(read(altered).is).toBe(altered === description ? 'record' : 'altered');
      }
  });

  it.each<[string, Partial<RecordPlace>]>([
    ['another scope', { scope: `${place.scope}2` }],
    ['a scope above', { scope: '/subscriptions/11111111-2222-4333-8444-555555555501' }],
    ['another role', { role: 'acdd72a7-3385-48ef-bd42-f606fba81ae7' }],
    ['another principal', { principal: '96000000-0000-4000-8000-000000000002' }],
    ['another name', { name: '39ee8b1f-79ab-4ce9-a67f-2417cdde874d' }],
  ])('copied to an assignment of %s proves nothing (P3)', (_, other) => {
    expect(read(writeRecord('INC-1', drawEntries(seeded(3)), place), other)).toEqual({ is: 'altered' });
  });

  it("is the same in any letter case of Azure's IDs", () => {
    const upper = {
      scope: place.scope.toUpperCase(),
      role: place.role.toUpperCase(),
      principal: place.principal.toUpperCase(),
      name: place.name.toUpperCase(),
    };
    expect(read(writeRecord('', drawEntries(seeded(5)), place), upper).is).toBe('record');
  });

  it('with an end that a lease cannot have proves nothing: more than 30 days and a margin from now', () => {
    const ending = (end: number): Described =>
      read(writeRecord('', [{ holder: '1.2.3.4.00000000', end, keepAfterJob: false }], place));
    const latest = Math.floor((now + 30 * day + minute) / minute) * minute;
    expect([ending(latest).is, ending(latest + minute).is]).toEqual(['record', 'altered']);
  });

  it('that names no holder is a record: its assignment has no holder any longer', () => {
    expect(read(writeRecord('INC-1', [], place))).toEqual({ is: 'record', text: 'INC-1', entries: [] });
  });

  it('that names a holder twice proves nothing', () => {
    const [entry] = drawEntries(seeded(1));
    if (entry === undefined) throw new Error('no entry was drawn');
    expect(read(writeRecord('', [entry, { ...entry, end: entry.end + minute }], place))).toEqual({ is: 'altered' });
  });

  it('is valid once, at the end: twice, or before other text, it proves nothing', () => {
    const record = writeRecord('', drawEntries(seeded(2)), place);
    for (const description of [`${record}\n${record}`, `${record}\nmore`, `${record} `, `${record}\n`, ` ${record}`])
      expect([description, read(description)]).toEqual([description, { is: 'altered' }]);
  });

  it('of another version is not read, and not changed', () => {
    expect(read(writeRecord('', drawEntries(seeded(2)), place).replace(' v1 ', ' v2 '))).toEqual({ is: 'altered' });
  });

  it('is not in any text that people write', () => {
    for (const text of texts) expect(read(text)).toEqual({ is: 'none' });
  });

  it("has room for twenty holders with today's numbers and a reason", () => {
    const numbers = [1_296_269_000, 16_011_000_000, 1, 45_180_000_000].map((it) => it.toString(36));
    const entries = Array.from({ length: 20 }, (_, index) => ({
      holder: [...numbers, index.toString().padStart(8, '0')].join('.'),
      end: Math.floor(now / minute) * minute,
      keepAfterJob: true,
    }));
    expect(writeRecord('INC-4711: on call', entries, place).length).toBeLessThanOrEqual(longestDescription);
  });
});

it.each([
  [null, null, ''],
  ['Incident 4711', null, 'Incident 4711'],
  [null, 'on call', 'on call'],
  ['Incident 4711', 'on call', 'Incident 4711 on call'],
  ['Incident 4711', '😀'.repeat(200), `Incident 4711 ${'😀'.repeat(120)}`],
  [null, `${recordMark} v1`, '(cloud-access lease v1'],
  ['see [cloud-access', 'lease of today', 'see (cloud-access lease of today'],
])('description %j and reason %j are %j, and never look like a record', (description, reason, expected) => {
  expect(textOf(description, reason)).toBe(expected);
});
