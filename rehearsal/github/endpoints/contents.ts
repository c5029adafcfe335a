import { between, changesBetween, mergeBase } from '../git/history.ts';
import { bytesOf, type Entry, type Files } from '../git/objects.ts';
import { paged, pagedByCursor, pageOf } from '../paging.ts';
import { changesOf } from '../repository/branches.ts';
import type { Activity } from '../repository/model.ts';
import { nodeId, time } from '../ids.ts';
import { changeShape, commitShape } from '../shapes/commit-shapes.ts';
import { contentShape, fileAt } from '../shapes/content-shapes.ts';
import { userShape } from '../shapes/user-shape.ts';
import { endpoint, resolved, shapingOf, type Call, type Endpoint, type Found, type Refused } from './endpoint.ts';

export const contentsEndpoints: readonly Endpoint[] = [
  endpoint('getContent', /^\/contents\/?(?<path>.*)$/, 'contents', contentAt),
  endpoint('getCommit', /^\/commits\/(?<ref>.+)$/, 'contents', (call) => {
    const { state, parameters, query, base } = call;
    const commit = state.commits.get(resolved(call, parameters['ref'] ?? '') ?? '');
    if (commit === undefined) return { status: 422, message: `No commit found for SHA: ${parameters['ref'] ?? ''}` };
    // 300 files to a page unless asked otherwise, 3,000 in all [oas].
    const page = pageOf(query, 300, 300);
    const { items, headers } = paged(changesOf({ repository: state }, commit).slice(0, 3000), page, base, query);
    const files = items.map((change) => changeShape(change, commit.sha, shapingOf(call)));
    return { body: { ...commitShape(commit, shapingOf(call)), files }, headers };
  }),
  endpoint('compareCommits', /^\/compare\/(?<base>.+)\.\.\.(?<head>.+)$/, 'contents', comparison),
  endpoint('getBranch', /^\/branches\/(?<branch>.+)$/, 'contents', (call) => {
    const name = call.parameters['branch'] ?? '';
    const commit = call.state.commits.get(call.state.branches.get(name) ?? '');
    if (commit === undefined || name.includes(':')) return { status: 404, message: 'Branch not found' };
    const self = `${call.addresses.api}/repos/${call.repository}/branches/${encodeURIComponent(name)}`;
    const isGuarded = call.state.guarded.has(name);
    const checks = { enforcement_level: isGuarded ? 'non_admins' : 'off', contexts: [], checks: [] };
    return {
      body: {
        ...{ name, commit: commitShape(commit, shapingOf(call)), protected: isGuarded },
        _links: { self, html: `${call.addresses.web}/${call.repository}/tree/${name}` },
        protection: { enabled: isGuarded, required_status_checks: checks },
        protection_url: `${self}/protection`,
      },
    };
  }),
  endpoint('listActivities', /^\/activity$/, 'contents', (call) => {
    const { state, query, base } = call;
    const newest = state.activities.filter((it) => isAsked(it, call)).reverse();
    const { items, headers } = pagedByCursor(query.get('direction') === 'asc' ? newest.reverse() : newest, base, query);
    return { body: items.map((activity) => activityShape(activity, call)), headers };
  }),
];

function contentAt(call: Call): Found | Refused | null {
  const { state, repository, addresses, parameters, query, accept } = call;
  const ref = query.get('ref') ?? state.defaultBranch;
  const sha = resolved(call, ref);
  if (sha === undefined) return { status: 404, message: `No commit found for the ref ${ref}` };
  const files: Files = state.commits.get(sha)?.files ?? new Map<string, Entry>();
  const path = (parameters['path'] ?? '').replace(/\/$/u, '');
  const body = contentShape(files, path, { repository, ref, addresses });
  const entry = fileAt(files, path);
  if (entry !== null && /application\/vnd\.github(?:\.v3)?\.raw/u.test(accept))
    return { body: bytesOf(entry).toString(), contentType: 'application/vnd.github.raw; charset=utf-8' };
  return body === null ? null : { body };
}

/** 300 files at most, on the first page only [oas]. */
function comparison(call: Call): Found | null {
  const { state, parameters, query, base: address } = call;
  const [base, head] = [resolved(call, parameters['base'] ?? ''), resolved(call, parameters['head'] ?? '')];
  if (base === undefined || head === undefined) return null;
  const common = mergeBase(state.commits, base, head);
  const [from, to] = [state.commits.get(base), state.commits.get(head)];
  if (common === undefined || from === undefined || to === undefined) return null;
  const [ahead, behind] = [between(state.commits, base, head), between(state.commits, head, base)];
  const status =
    base === head ? 'identical' : behind.length === 0 ? 'ahead' : ahead.length === 0 ? 'behind' : 'diverged';
  const { items, headers } = paged(ahead, pageOf(query), address, query);
  const url = `${call.addresses.web}/${call.repository}/compare/${base}...${head}`;
  const changes = pageOf(query).number > 1 ? [] : changesBetween(common.files, to.files).slice(0, 300);
  return {
    body: {
      ...{ url: address, html_url: url, permalink_url: url, diff_url: `${url}.diff`, patch_url: `${url}.patch` },
      base_commit: commitShape(from, shapingOf(call)),
      merge_base_commit: commitShape(common, shapingOf(call)),
      ...{ status, ahead_by: ahead.length, behind_by: behind.length, total_commits: ahead.length },
      commits: items.map((commit) => commitShape(commit, shapingOf(call))),
      files: changes.map((change) => changeShape(change, head, shapingOf(call))),
    },
    headers,
  };
}

const dayMs = 24 * 3_600_000;
const periods: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, quarter: 90, year: 365 };

/** The filters of activities, of those that are shown already. */
function isAsked(activity: Activity, { state, query, people, now }: Call): boolean {
  const [ref, actor, type, period] = [
    query.get('ref'),
    query.get('actor'),
    query.get('activity_type'),
    query.get('time_period'),
  ];
  const login = people.withId(activity.actorId)?.login.toLowerCase();
  return (
    activity.at + state.delays.activityMs <= now() &&
    (ref === null || activity.ref === `refs/heads/${ref.replace(/^refs\/heads\//u, '')}`) &&
    (actor === null || login === actor.toLowerCase()) &&
    (type === null || activity.type === type) &&
    (period === null || activity.at > now() - (periods[period] ?? 0) * dayMs)
  );
}

function activityShape({ id, type, ref, before, after, at, actorId }: Activity, { people, addresses }: Call): unknown {
  const actor = userShape(people.withId(actorId), addresses);
  return { id, node_id: nodeId('PSH', id), before, after, ref, timestamp: time(at), activity_type: type, actor };
}
