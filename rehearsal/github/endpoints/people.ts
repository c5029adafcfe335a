import type { Rule } from '../repository/model.ts';
import { contextOf } from '../shapes/pull-shapes.ts';
import { wholeRepositoryShape } from '../shapes/repository-shape.ts';
import { permissionShape } from '../shapes/setting-shapes.ts';
import { publicUserShape, userShape } from '../shapes/user-shape.ts';
import { endpoint, listOf, type Call, type Endpoint } from './endpoint.ts';

/** Data that every token of a repository can read. */
export const metadataEndpoints: readonly Endpoint[] = [
  endpoint('getRepository', /^$/, null, ({ state, addresses }) => ({
    body: wholeRepositoryShape(contextOf(state), addresses),
  })),
  endpoint(
    'getCollaboratorPermissionLevel',
    /^\/collaborators\/(?<login>[^/]+)\/permission$/,
    null,
    ({ state, people, addresses, parameters }) => {
      const account = people.find(parameters['login'] ?? '');
      if (account === undefined) return null;
      return { body: permissionShape(state.roles.get(account.id) ?? 'none', userShape(account, addresses)) };
    },
  ),
  endpoint('getBranchRules', /^\/rules\/branches\/(?<branch>.+)$/, null, (call) => {
    const rules = call.state.rules.filter((rule) => isOf(rule, call.parameters['branch'] ?? '', call));
    return listOf(call, rules, ({ type, parameters, rulesetId }) => ({
      ...{ type, ...(parameters === undefined ? {} : { parameters }) },
      ...{ ruleset_source_type: 'Repository', ruleset_source: call.repository, ruleset_id: rulesetId },
    }));
  }),
];

function isOf({ branches }: Rule, branch: string, { state }: Call): boolean {
  const names = [branch, '~ALL', ...(branch === state.defaultBranch ? ['~DEFAULT_BRANCH'] : [])];
  return names.some((name) => branches.includes(name));
}

/** Outside of repositories. */
export const userEndpoints: readonly Endpoint[] = [
  endpoint('getUserById', /^\/user\/(?<id>\d+)$/, null, ({ people, parameters, addresses }) => {
    const account = people.withId(Number(parameters['id']));
    return account === undefined ? null : { body: publicUserShape(account, addresses) };
  }),
  endpoint('getUserByUsername', /^\/users\/(?<login>[^/]+)$/, null, ({ people, parameters, addresses }) => {
    const account = people.find(parameters['login'] ?? '');
    return account === undefined ? null : { body: publicUserShape(account, addresses) };
  }),
];
