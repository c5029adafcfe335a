// The `az` of a rehearsal, as far as a credential calls it: `az account get-access-token …`. The rehearsal that started
// it decides its output and its exit code; see server.ts.

/** Names as the CLI has them; the others do not matter to the output. */
const options = ['--resource', '--tenant', '--subscription', '--output'] as const;

await main(process.argv.slice(2));

async function main([group, command, ...rest]: readonly string[]): Promise<void> {
  if (group !== 'account' || command !== 'get-access-token') {
    fail(`ERROR: '${String(group)}' is misspelled or not recognized by the system.`, 2);
    return;
  }
  const given = new Map<string, string>();
  for (let index = 0; index < rest.length; index += 2) {
    const [name = '', value] = rest.slice(index, index + 2);
    if (!options.some((option) => option === name) || value === undefined) {
      fail(`ERROR: unrecognized arguments: ${rest.slice(index).join(' ')}`, 2);
      return;
    }
    given.set(name, value);
  }
  await ask(given);
}

async function ask(given: ReadonlyMap<string, string>): Promise<void> {
  const answer = await fetch(`http://${process.env['REHEARSAL_AZURE_CLI'] ?? ''}/`, {
    method: 'POST',
    body: JSON.stringify({
      resource: given.get('--resource') ?? '',
      tenant: given.get('--tenant') ?? null,
      subscription: given.get('--subscription') ?? null,
    }),
  });
  const text = await answer.text();
  if (answer.ok) process.stdout.write(`${text}\n`);
  else fail(text, 1);
}

function fail(message: string, exitCode: number): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
