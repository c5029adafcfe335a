/** An account at GitHub. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

/** All accounts. Others name an account by its ID, which stays; its login can change and be taken again. */
export interface People {
  /** A new account. Default: the next free ID, and a person unless the login ends with `[bot]`. */
  add(login: string, options?: { readonly id?: number; readonly type?: Account['type'] }): Account;
  /** The login is free afterwards. */
  rename(login: string, to: string): void;
  /** From now on GitHub shows no user in its place. */
  delete(login: string): void;
  /** Throws for an unknown login. */
  named(login: string): Account;
  find(login: string): Account | undefined;
  withId(id: number | null): Account | undefined;
}

/** Accounts that GitHub itself acts as, with their real IDs. */
const own: readonly Account[] = [
  { id: 583_231, login: 'octocat', type: 'User' },
  { id: 19_864_447, login: 'web-flow', type: 'User' },
  { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' },
  { id: 118_344_674, login: 'github-merge-queue[bot]', type: 'Bot' },
];

export function makePeople(): People {
  const accounts = new Map(own.map((account) => [account.id, account]));
  let next = 7_000_001;
  const find = (login: string): Account | undefined =>
    [...accounts.values()].find((account) => account.login.toLowerCase() === login.toLowerCase());
  const named = (login: string): Account => {
    const account = find(login);
    if (account === undefined) throw new Error(`GitHub has no account ${login}: add it first.`);
    return account;
  };
  return {
    add: (login, { id = next++, type = login.endsWith('[bot]') ? 'Bot' : 'User' } = {}) => {
      if (find(login) !== undefined || accounts.has(id)) throw new Error(`The account ${login} (${id}) is taken.`);
      const account = { id, login, type };
      accounts.set(id, account);
      return account;
    },
    rename: (login, to) => {
      if (find(to) !== undefined) throw new Error(`The login ${to} is taken.`);
      const account = named(login);
      accounts.set(account.id, { ...account, login: to });
    },
    delete: (login) => {
      accounts.delete(named(login).id);
    },
    named,
    find,
    withId: (id) => (id === null ? undefined : accounts.get(id)),
  };
}
