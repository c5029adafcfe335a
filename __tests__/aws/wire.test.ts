import { ListInstancesCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { describe, expect, test } from '@jest/globals';

import { createConnections } from '../../src/action/connections.ts';
import { openWire } from '../../src/aws/wire.ts';
import { createHurriedClock } from '../action/hurried-clock.ts';
import { closeAfterEach, serve } from '../action/servers.ts';

const closing = closeAfterEach();

/** A client on the wire, and a server that answers with these headers. */
async function setUp(headers: Readonly<Record<string, string>>) {
  const server = closing(
    await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', ...headers }).end('{"Instances":[]}');
    }),
  );
  const connections = closing(createConnections());
  const clock = createHurriedClock();
  const wire = openWire(connections, clock);
  const client = new SSOAdminClient({
    endpoint: server.url,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    requestHandler: wire.handler,
  });
  const send = (signal?: AbortSignal): Promise<unknown> =>
    client.send(new ListInstancesCommand({}), signal === undefined ? {} : { abortSignal: signal });
  return { wire, send, clock, server };
}

describe('openWire', () => {
  test("until the first response, AWS's clock is the local clock", async () => {
    const { wire } = await setUp({});
    expect(wire.serverTime(1_000)).toBe(1_000);
  });

  test.each([-7, 0, 7])("the date of an answer shows AWS's clock, %d minutes off", async (minutes) => {
    const theirs = Date.now() + minutes * 60_000;
    const { wire, send, clock } = await setUp({ date: new Date(theirs).toUTCString() });
    await send();
    expect(Math.abs(wire.serverTime(clock.now()) - theirs)).toBeLessThan(2_000);
  });

  test('an invalid date changes nothing', async () => {
    const { wire, send } = await setUp({ date: 'yesterday' });
    await send();
    expect(wire.serverTime(1_000)).toBe(1_000);
  });

  test("a request's ID is assigned by its signal, and to no other", async () => {
    const { wire, send } = await setUp({ 'x-amzn-requestid': 'aws-1' });
    const controller = new AbortController();
    await send(controller.signal);
    expect(wire.requestIdOf(controller.signal)).toBe('aws-1');
    expect(wire.requestIdOf(new AbortController().signal)).toBeNull();
  });

  test('a response without an ID has none', async () => {
    const { wire, send } = await setUp({});
    const controller = new AbortController();
    await send(controller.signal);
    expect(wire.requestIdOf(controller.signal)).toBeNull();
  });
});
