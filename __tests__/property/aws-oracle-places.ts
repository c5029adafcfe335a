import type { Account, Organization } from '../../rehearsal/estate.ts';
import type { Found } from './aws-oracle-names.ts';

/** A line of `target`. */
export type Line =
  | { readonly kind: 'all' | 'outdated' }
  | { readonly kind: 'id' | 'name'; readonly text: string; readonly value: string }
  | { readonly kind: 'unit'; readonly text: string; readonly unit: string; readonly below: boolean };

/** `null` for an invalid line. */
export function lineOf(text: string, provisions: boolean): Line | null {
  if (text === 'all' || text === 'outdated') return provisions ? { kind: text } : null;
  if (/^[0-9]{12}$/.test(text)) return { kind: 'id', text, value: text };
  if (text.startsWith('account:')) {
    const value = text.slice('account:'.length).trim();
    if (value === '' || value.includes('*')) return null;
    return { kind: /^[0-9]{12}$/.test(value) ? 'id' : 'name', text, value };
  }
  return text.startsWith('ou:') ? unitLineOf(text, text.slice('ou:'.length).trim()) : null;
}

function unitLineOf(text: string, value: string): Line | null {
  const below = value.endsWith('/**');
  const unit = below ? value.slice(0, -'/**'.length) : value;
  if (unit.includes('*')) return null;
  const isId = /^(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/.test(unit);
  const isPath = /^(?:\/[^/]*[^/\s][^/]*)+$/.test(unit);
  return isId || isPath ? { kind: 'unit', text, unit, below } : null;
}

export function textOf(line: Line): string {
  return 'text' in line ? line.text : line.kind;
}

/** Accounts that one line covers, in any state. */
export function placesOf(line: Line, organization: Organization): Found {
  switch (line.kind) {
    case 'all':
    case 'outdated':
      return { kind: 'found', ids: [] };
    case 'id':
      return { kind: 'found', ids: [line.value] };
    case 'name': {
      const same = organization.accounts.filter(({ name }) => name === line.value);
      if (same.length !== 1) return { kind: 'unknown', about: [line.value, ...same.map(({ id }) => id)] };
      return { kind: 'found', ids: same.map(({ id }) => id) };
    }
    case 'unit': {
      const parent = unitIdOf(line.unit, organization);
      if (parent === null) return { kind: 'unknown', about: [line.unit] };
      const inside = organization.accounts.filter((account) =>
        line.below ? parentsOf(account, organization).includes(parent) : account.parent === parent,
      );
      return { kind: 'found', ids: inside.map(({ id }) => id) };
    }
  }
}

function unitIdOf(unit: string, { root, organizationalUnits }: Organization): string | null {
  if (unit === root.id) return root.id;
  if (!unit.startsWith('/')) return organizationalUnits.some(({ id }) => id === unit) ? unit : null;
  return unit
    .slice(1)
    .split('/')
    .reduce<string | null>(
      (above, name) => organizationalUnits.find((one) => one.parent === above && one.name === name)?.id ?? null,
      root.id,
    );
}

/** The parent of an account, that one's, and so on up to the root. */
function parentsOf(account: Account, { organizationalUnits }: Organization): readonly string[] {
  const chain = [account.parent];
  for (let unit = organizationalUnits.find(({ id }) => id === account.parent); unit !== undefined;) {
    const { parent } = unit;
    chain.push(parent);
    unit = organizationalUnits.find(({ id }) => id === parent);
  }
  return chain;
}

export function isInactive({ accounts }: Organization, id: string): boolean {
  return (accounts.find((account) => account.id === id)?.state ?? 'ACTIVE') !== 'ACTIVE';
}
