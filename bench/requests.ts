import type { Step, StepResult } from '../rehearsal/runner/step.ts';
import { startWorld, type World, type WorldOptions } from '../rehearsal/world.ts';
import { runGreen } from './green.ts';
import { azureByIds, azureByNames, byIds, byNames } from './inputs.ts';
import { atMost, type Row } from './table.ts';

interface Scene {
  readonly what: string;
  readonly inputs: Step['inputs'];
  readonly goal?: number;
}

interface Scenery {
  readonly name: string;
  readonly options: WorldOptions;
  readonly signIn: (world: World) => Step['inputs'];
  readonly scenes: readonly Scene[];
}

const aws: Scenery = {
  name: 'AWS',
  options: {},
  signIn: () => ({}),
  scenes: [
    { what: 'assign, by ids, pinned', inputs: byIds, goal: 6 },
    { what: 'assign again (unchanged), by ids', inputs: byIds },
    { what: 'revoke, by ids', inputs: { ...byIds, operation: 'revoke' } },
    { what: 'assign, by names', inputs: byNames },
    {
      what: 'provision, one account, by ARN',
      inputs: { ...byNames, principal: '', operation: 'provision', role: byIds.role, target: byIds.target },
    },
  ],
};

const onAzure: readonly Scene[] = [
  { what: 'assign, by ids', inputs: azureByIds, goal: 6 },
  { what: 'assign again (unchanged), by ids', inputs: azureByIds },
  { what: 'another description, by ids', inputs: { ...azureByIds, description: 'on call' } },
  { what: 'revoke, by ids', inputs: { ...azureByIds, operation: 'revoke' } },
  { what: 'assign, by names', inputs: azureByNames },
];

const sceneries: readonly Scenery[] = [
  aws,
  {
    name: 'AzureCloud (by its hosts, through a proxy)',
    options: { clouds: ['azure'], azure: { proxy: true } },
    signIn: ({ azure }) => azure.inputs,
    scenes: onAzure,
  },
  {
    name: 'Azure, custom environment',
    options: { clouds: ['azure'] },
    signIn: ({ azure }) => azure.inputs,
    scenes: onAzure,
  },
];

/** Requests of each operation, sign-in and verification included; polls and a cloud's description of itself apart. */
export async function measureRequests(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, options, signIn, scenes } of sceneries) {
    const world = await startWorld(options);
    try {
      for (const { what, inputs, goal } of scenes) {
        const result = await runGreen(world, { inputs: { ...signIn(world), ...inputs } });
        const { requests, apart } = counted(result);
        rows.push(atMost(`${name}: ${what}`, requests, goal ?? null, ' requests', apart));
      }
    } finally {
      await world.close();
    }
  }
  return rows;
}

function counted({ requests }: StepResult): { readonly requests: number; readonly apart: string } {
  const asked = requests.filter(({ service }) => service !== 'proxy');
  const polls = asked.filter(({ operation }) => /^Describe.*Status$/u.test(operation)).length;
  const metadata = asked.filter(({ operation }) => operation === 'metadata').length;
  const apart = [...(polls > 0 ? [`${polls} polls`] : []), ...(metadata > 0 ? ['/metadata/endpoints'] : [])];
  return { requests: asked.length - polls - metadata, apart: apart.map((it) => ` + ${it}`).join('') };
}
