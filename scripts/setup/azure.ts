/** Roles, conditions and credentials of docs/policies as parts of the Bicep files: what the examples name stands there as parameters. */

/** As `az role definition create` takes it. */
interface RoleFile {
  readonly Name: string;
  readonly Description: string;
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly DataActions: readonly string[];
  readonly NotDataActions: readonly string[];
}

interface CredentialFile {
  readonly issuer: string;
  readonly audiences: readonly string[];
}

/**
 * A condition as a variable with a text, in which `<roles>` and `<types>` are what the parameters give.
 * @throws where the condition has something else in braces, or a text that ends the variable's
 */
export function conditionVariable(name: string, text: string): string {
  const now = text
    .trimEnd()
    .replaceAll(/(?<=GuidEquals )\{[\da-f, -]+\}/gu, '{<roles>}')
    .replaceAll(/(?<=StringEqualsIgnoreCase )\{[\w', ]+\}/gu, '{<types>}');
  const left = now.replaceAll(/\{<(?:roles|types)>\}|\{'Microsoft\.[\w./]+'\}/gu, '');
  if (!now.includes('{<roles>}') || /[{}]|'''/u.test(left))
    throw new Error(`The condition of ${name} has something that no parameter stands for`);
  return `var ${name} = '''\n${now}'''`;
}

/** The properties of a role definition. The names of custom roles are unique in a directory: this one has its subscription's id. */
export function roleProperties(text: string): string {
  const file = JSON.parse(text) as RoleFile;
  return [
    `roleName: '${escaped(file.Name)} (\${subscription().subscriptionId})'`,
    `description: '${escaped(file.Description)}'`,
    `type: 'CustomRole'`,
    'permissions: [',
    '  {',
    ...indented(strings('actions', file.Actions)),
    ...indented(strings('notActions', file.NotActions)),
    ...indented(strings('dataActions', file.DataActions)),
    ...indented(strings('notDataActions', file.NotDataActions)),
    '  }',
    ']',
    'assignableScopes: [subscription().id]',
  ].join('\n');
}

/** Name and properties of a federated credential, whose subject is a parameter. */
export function credentialProperties(text: string): string {
  const { issuer, audiences } = JSON.parse(text) as CredentialFile;
  return [
    'name: credentialName',
    'properties: {',
    `  issuer: '${escaped(issuer)}'`,
    '  subject: subject',
    `  audiences: [${audiences.map((it) => `'${escaped(it)}'`).join(', ')}]`,
    '}',
  ].join('\n');
}

function strings(name: string, values: readonly string[]): readonly string[] {
  if (values.length === 0) return [`${name}: []`];
  return [`${name}: [`, ...values.map((value) => `  '${escaped(value)}'`), ']'];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}

/** Source: Bicep data types, strings: a quote, a backslash and `${` are escaped by a backslash. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${');
}
