import { describe, expect, test } from '@jest/globals';

import { Cancelled } from '../../../src/access/errors.ts';
import type { JobName } from '../../../src/access/leases/liveness.ts';
import { defaultContext, jobToken } from '../../../rehearsal/runner/context.ts';
import { announced, atGitHub, untilDone } from './jobs-rig.ts';
import { serve } from '../servers.ts';

const running = { state: 'running', why: null };
const ended = { state: 'ended', why: null };
const unknown = (why: RegExp): unknown => ({ state: 'unknown', why: expect.stringMatching(why) });
const operations = (entries: readonly { readonly operation: string }[]): readonly string[] =>
  entries.map(({ operation }) => operation);
const [own, list] = ['getWorkflowRun', 'listJobsForWorkflowRunAttempt'];

describe('a job', () => {
  test.each(['success', 'failure', 'cancelled', 'timed_out', 'skipped', 'neutral', 'action_required'] as const)(
    'that is completed with %s has ended',
    (conclusion) =>
      atGitHub(async ({ world, states }) => {
        const job = announced(world, 1);
        world.github.stand(job.checkRunId ?? '', { status: 'completed', conclusion });
        expect(await states([job])).toEqual([ended]);
      }),
  );

  test.each(['in_progress', 'queued', 'waiting', 'requested', 'pending'] as const)('that is %s is running', (status) =>
    atGitHub(async ({ world, states }) => {
      const job = announced(world, 1);
      world.github.stand(job.checkRunId ?? '', { status });
      expect(await states([job])).toEqual([running]);
    }),
  );

  test('of an earlier attempt has ended when that very job has', () =>
    atGitHub(async ({ world, states }) => {
      const first = announced(world, 1, 1);
      const second = announced(world, 1, 2, { runAttempt: '2' });
      world.github.stand(first.checkRunId ?? '', { status: 'completed', conclusion: 'failure' });
      expect(await states([first, second])).toEqual([ended, running]);
    }));

  test('of a run that is gone is unknown (P3)', () =>
    atGitHub(async ({ world, states }) => {
      const job = announced(world, 1);
      world.github.forget(job.runId);
      expect(await states([job])).toEqual([unknown(/found no such run.*404/u)]);
    }));

  test('that its run does not list is unknown', () =>
    atGitHub(async ({ world, states }) => {
      const job = announced(world, 1);
      expect(await states([{ ...job, checkRunId: '1' }])).toEqual([unknown(/does not list it/u)]);
    }));

  test('of this run is requested like any other', () =>
    atGitHub(async ({ states }) => {
      const { repository, runId, runAttempt: attempt, checkRunId } = defaultContext;
      expect(await states([{ repository, runId, attempt, checkRunId }])).toEqual([running]);
    }));

  test('is the same with its repository in any letter case', () =>
    atGitHub(async ({ world, states }) => {
      const job = announced(world, 1);
      expect(await states([{ ...job, repository: 'Octo-Org/Infra' }])).toEqual([running]);
    }));

  test.each<[string, Partial<JobName>, RegExp]>([
    ['of another repository', { repository: 'octo-org/other' }, /another repository, octo-org\/other/u],
    ['without a check run id', { checkRunId: null }, /job-check-run-id/u],
    ['with an invalid run ID', { runId: '1/../2' }, /no job of GitHub/u],
    ['with an invalid attempt', { attempt: '' }, /no job of GitHub/u],
  ])('%s is unknown, and no request is sent', (_name, difference, why) =>
    atGitHub(async ({ world, states, requests }) => {
      const job = announced(world, 1);
      expect(await states([{ ...job, ...difference }])).toEqual([unknown(why)]);
      expect(requests()).toEqual([]);
    }),
  );
});

describe('questions', () => {
  test('are one for all jobs of an attempt, after one about this run, in the given order', () =>
    atGitHub(async ({ world, states, requests }) => {
      const jobs = [announced(world, 2, 1), announced(world, 1, 1), announced(world, 2, 2), announced(world, 2, 3)];
      world.github.stand(jobs[2]?.checkRunId ?? '', { status: 'completed', conclusion: 'success' });
      expect(await states(jobs)).toEqual([running, running, ended, running]);
      expect(operations(requests())).toEqual([own, list, list]);
      expect(requests().map(({ body }) => (body as { readonly run: string }).run)).toEqual([
        defaultContext.runId,
        jobs[0]?.runId,
        jobs[1]?.runId,
      ]);
    }));

  test('are not repeated by one sweep', () =>
    atGitHub(async ({ world, states, requests }) => {
      const job = announced(world, 1);
      await states([job]);
      await states([job, announced(world, 2)]);
      expect(operations(requests())).toEqual([own, list, list]);
    }));

  test('are few at a time', () =>
    atGitHub(async ({ world, states, requests }) => {
      const unanswered: number[] = [];
      world.script.onRequest({ operation: list }, () => {
        unanswered.push(requests().filter(({ outcome }) => outcome === 'hang').length);
      });
      const jobs = Array.from({ length: 12 }, (_, run) => announced(world, run));
      expect(await states(jobs)).toEqual(jobs.map(() => running));
      // The machine decides how many requests run at once; the action sends more than one, and never more than four.
      expect(Math.max(...unanswered)).toBeGreaterThan(1);
      expect(Math.max(...unanswered)).toBeLessThanOrEqual(4);
    }));

  test('continue on further pages', () =>
    atGitHub(async ({ world, states, requests }) => {
      const jobs = Array.from({ length: 250 }, (_, job) => announced(world, 1, job));
      world.github.stand(jobs[249]?.checkRunId ?? '', { status: 'completed', conclusion: 'success' });
      const [first, last] = [jobs[0], jobs[249]];
      if (first === undefined || last === undefined) throw new Error('no jobs');
      expect(await states([last, first])).toEqual([ended, running]);
      expect(operations(requests())).toEqual([own, list, list, list]);
    }));

  test('are sent to an address that ends with a slash, and can have long answers', () =>
    atGitHub(
      async ({ world, states }) => {
        const job = { id: 50_000_001_001, run_id: 17_000_000_001, status: 'completed', steps: 'x'.repeat(3_000_000) };
        world.script.fault({ operation: list }, { kind: 'answer', body: { jobs: [job] } });
        expect(await states([announced(world, 1)])).toEqual([ended]);
      },
      (world) => ({ apiUrl: `${world.github.url}/` }),
    ));

  test("carry the token, masked before, and the action's name", () =>
    atGitHub(
      async ({ world, states, masked, requests, log }) => {
        expect(masked).toEqual([jobToken]);
        await states([announced(world, 1)]);
        for (const request of requests()) {
          expect(request.authorized).toBe(true);
          expect(request.userAgent).toMatch(/^cloud-access\/0 /u);
        }
        expect(JSON.stringify(log)).toContain('answered 200');
        expect(JSON.stringify(log)).not.toContain(masked[0]);
      },
      { token: jobToken },
    ));

  test('end with the sweep', () =>
    atGitHub(async ({ world, states }) => {
      const cancelling = new AbortController();
      world.script.fault({ operation: list }, { kind: 'hang' });
      world.script.onRequest({ operation: list }, () => {
        cancelling.abort(new Cancelled('The step was canceled'));
      });
      const budget = { ...untilDone, signal: cancelling.signal };
      await expect(states([announced(world, 1)], budget)).rejects.toThrow('The step was canceled');
    }));
});

describe('missing answers of GitHub', () => {
  test.each<[string, { readonly token?: string; readonly apiUrl?: string; readonly runId?: string }, RegExp]>([
    ['without a token', { token: '' }, /no github-token/u],
    ['at an address that is not https', { apiUrl: 'http://api.example.com' }, /not https/u],
    ['at no address', { apiUrl: 'api' }, /not a URL/u],
    ['without a run of its own', { runId: '' }, /ID of this run are unknown/u],
  ])('%s: all is unknown, and no request is sent', (_name, asker, why) =>
    atGitHub(async ({ world, states, requests }) => {
      expect(await states([announced(world, 1), announced(world, 2)])).toEqual([unknown(why), unknown(why)]);
      expect(requests()).toEqual([]);
    }, asker),
  );

  test.each<[string, Parameters<typeof atGitHub>[1], RegExp]>([
    [
      'a token without actions: read',
      (world) => ({ token: world.github.token({ actions: 'none' }) }),
      /\(403\).*read/u,
    ],
    ['a token that no job was given', { token: 'ghs_stranger' }, /\(401\)/u],
    ['a token of elsewhere', (world) => ({ token: world.github.token({ repository: 'octo-org/other' }) }), /\(404\)/u],
    ['a run that is not there', { runId: '4711' }, /\(404\)/u],
  ])('with %s this run cannot be read: all is unknown, and no more requests are sent', (_name, asker, why) =>
    atGitHub(async ({ world, states, requests }) => {
      const first = unknown(new RegExp(`read this run itself: .*${why.source}`, 'u'));
      expect(await states([announced(world, 1), announced(world, 2)])).toEqual([first, first]);
      expect(operations(requests())).toEqual([own]);
    }, asker),
  );

  test('after the permission was lost on the way is unknown', () =>
    atGitHub(
      async ({ world, states }) => {
        const job = announced(world, 1);
        world.github.stand(job.checkRunId ?? '', { status: 'completed', conclusion: 'success' });
        world.script.onRequest({ operation: list }, () => {
          world.github.allow('none');
        });
        expect(await states([job])).toEqual([unknown(/\(403\)/u)]);
      },
      { token: jobToken },
    ));

  test('can be requested again after a temporary failure', () =>
    atGitHub(async ({ world, states }) => {
      const job = announced(world, 1);
      world.script.fault({ operation: own }, { kind: 'error', status: 404, code: '404' });
      world.script.fault({ operation: list }, { kind: 'error', status: 404, code: '404' });
      expect(await states([job])).toEqual([unknown(/read this run/u)]);
      expect(await states([job])).toEqual([unknown(/\(404\)/u)]);
      expect(await states([job])).toEqual([running]);
    }));

  test.each<[string, unknown]>([
    ['no jobs', { total_count: 0 }],
    ['jobs of another run', { jobs: [{ id: 50_000_001_001, run_id: 1, status: 'completed' }] }],
    ['a job without a status', { jobs: [{ id: 50_000_001_001, run_id: 17_000_000_001 }] }],
    ['no JSON', '<html>'],
    ['null', null],
  ])('in an answer with %s is unknown (P3)', (_name, body) =>
    atGitHub(async ({ world, states }) => {
      world.script.fault({ operation: list }, { kind: 'answer', body });
      expect(await states([announced(world, 1)])).toEqual([unknown(/not match the description of its API/u)]);
    }),
  );

  test('by a status of its own is unknown', () =>
    atGitHub(async ({ world, states }) => {
      const body = { jobs: [{ id: 50_000_001_001, run_id: 17_000_000_001, status: 'finished' }] };
      world.script.fault({ operation: list }, { kind: 'answer', body });
      expect(await states([announced(world, 1)])).toEqual([unknown(/status/u)]);
    }));

  test('but elsewhere is not fetched from there: the token stays', async () => {
    const elsewhere = await serve((_request, response) => {
      response.end('{}');
    });
    try {
      await atGitHub(async ({ world, states }) => {
        world.script.fault({ operation: list }, { kind: 'redirect', location: elsewhere.url });
        expect(await states([announced(world, 1)])).toEqual([unknown(/answered 307/u)]);
        expect(elsewhere.requests).toEqual([]);
      });
    } finally {
      await elsewhere.close();
    }
  });
});

describe('limits', () => {
  test('an hour that is nearly spent is left to other clients', () =>
    atGitHub(async ({ world, states, requests, clock }) => {
      world.github.leave(52);
      const jobs = Array.from({ length: 20 }, (_, run) => announced(world, run));
      const answers = await states(jobs);
      const asked = requests().length;
      expect(asked).toBeLessThanOrEqual(2 + 4);
      expect(answers.slice(0, asked - 1)).toEqual(jobs.slice(0, asked - 1).map(() => running));
      expect(answers.slice(asked - 1)).toEqual(
        jobs.slice(asked - 1).map(() => unknown(/hourly rate limit.*almost used up/u)),
      );
      expect(clock.sleeps).toEqual([]);
    }));

  test("an hour follows GitHub's clock: a wrong local clock changes nothing", () =>
    atGitHub(
      async ({ world, states, requests }) => {
        world.github.leave(10);
        expect(await states([announced(world, 1)])).toEqual([unknown(/hourly rate limit/u)]);
        expect(requests()).toHaveLength(1);
      },
      {},
      { startAt: Date.UTC(2026, 0, 1) },
    ));

  test('a new hour that is seconds away is waited for, by the clock', () =>
    atGitHub(async ({ world, states, clock }) => {
      world.github.leave(40, 3_000);
      expect(await states([announced(world, 1)])).toEqual([running]);
      expect(clock.sleeps).toHaveLength(1);
      expect(clock.sleeps[0]).toBeGreaterThan(0);
      expect(clock.sleeps[0]).toBeLessThanOrEqual(5_000);
    }));

  test('an hour that is spent ends the questions', () =>
    atGitHub(async ({ world, states, requests }) => {
      world.github.leave(0);
      expect(await states([announced(world, 1)])).toEqual([unknown(/hourly rate limit/u)]);
      expect(requests()).toHaveLength(1);
    }));

  test('a short pause is made when GitHub requests it', () =>
    atGitHub(async ({ world, states, requests }) => {
      world.script.fault({ operation: list }, { kind: 'throttle', retryAfterSeconds: 1 });
      expect(await states([announced(world, 1)])).toEqual([running]);
      expect(operations(requests())).toEqual([own, list, list]);
    }));

  test.each([[60], [undefined]])('a pause of %s seconds ends the questions', (seconds) =>
    atGitHub(async ({ world, states, requests }) => {
      const throttle = { kind: 'throttle', ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }) } as const;
      world.script.fault({ operation: own }, throttle);
      expect(await states([announced(world, 1)])).toEqual([unknown(/asked for a pause/u)]);
      expect(await states([announced(world, 1)])).toEqual([unknown(/asked for a pause/u)]);
      expect(requests()).toHaveLength(1);
    }),
  );
});

describe('network faults', () => {
  test.each<[string, Parameters<Parameters<Parameters<typeof atGitHub>[0]>[0]['world']['script']['fault']>[1]]>([
    ['an error of the server', { kind: 'error', status: 502, code: '502' }],
    ['a broken connection', { kind: 'lost' }],
  ])('%s is requested again', (_name, effect) =>
    atGitHub(async ({ world, states, requests }) => {
      world.script.fault({ operation: list }, effect);
      expect(await states([announced(world, 1)])).toEqual([running]);
      expect(operations(requests())).toEqual([own, list, list]);
    }),
  );

  test(
    'a server that fails three times is unknown',
    () =>
      atGitHub(async ({ world, states, requests }) => {
        world.script.fault({ operation: list, times: 3 }, { kind: 'error', status: 500, code: '500' });
        expect(await states([announced(world, 1)])).toEqual([unknown(/answered 500/u)]);
        expect(operations(requests())).toEqual([own, list, list, list]);
      }),
    15_000,
  );

  test('a time limit that passes leaves the rest unknown', () =>
    atGitHub(async ({ world, states, clock }) => {
      world.script.fault({ operation: list }, { kind: 'hang' });
      world.script.onRequest({ operation: list }, () => {
        clock.ring();
      });
      expect(await states([announced(world, 1)])).toEqual([unknown(/no time left/u)]);
    }));
});
