import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Target of an import in the tree; `null` for a package. */
function placeOf(name: string, importer: string): string | null {
  if (name.startsWith('.')) return join(dirname(importer), name);
  return name.startsWith('#') ? join('src', `${name.slice(1)}.ts`) : null;
}

/** Files that a file loads at its start, and that it can load later. A package is by its name, types load nothing. */
function loadsOf(file: string): { readonly atOnce: readonly string[]; readonly later: readonly string[] } {
  const atOnce: string[] = [];
  const later: string[] = [];
  const add = (to: string[], name: ts.Node | undefined): void => {
    if (name !== undefined && ts.isStringLiteral(name)) to.push(placeOf(name.text, file) ?? name.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && !isForTypes(node.importClause)) add(atOnce, node.moduleSpecifier);
    if (ts.isExportDeclaration(node) && !node.isTypeOnly) add(atOnce, node.moduleSpecifier);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(later, node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest));
  return { atOnce, later };
}

function isForTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  const { namedBindings, name, phaseModifier } = clause;
  if (phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = namedBindings !== undefined && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  return name === undefined && named.length > 0 && named.every(({ isTypeOnly }) => isTypeOnly);
}

/** Everything that these files can load, except through a later load of one of the gates. */
function loadable(files: readonly string[], gates: readonly string[]): ReadonlySet<string> {
  const seen = new Set(files);
  for (const file of seen) {
    if (!file.startsWith(`src${sep}`)) continue;
    const { atOnce, later } = loadsOf(file);
    for (const next of [...atOnce, ...later.filter((it) => !gates.includes(it))]) seen.add(next);
  }
  return seen;
}

/** Imports of each file of these folders in the tree, for its types alone too. */
function importsIn(folders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|mjs)$/u.test(name))
      .map((name) => join(folder, name)),
  );
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
      const near = importedFiles.map(({ fileName }) => placeOf(fileName, file));
      return [file, near.filter((place) => place !== null)];
    }),
  );
}

/** Loops that a walk along the imports finds: none where there is no loop, and not each that there can be. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (!done.has(file)) {
      for (const next of imports.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    }
  };
  for (const file of imports.keys()) walk(file, []);
  return circles;
}

/** Files in a circle can only be read together, and changed together. */
describe('no file imports itself through other files', () => {
  test('in src and in its surroundings', () => {
    const imports = importsIn(['src', 'rehearsal', 'bench', 'scripts', 'peers']);
    expect(imports.get(join('src', 'main.ts'))).toContain(join('src', 'clouds.ts'));
    expect(imports.get(join('src', 'aws', 'cloud.ts'))).toContain(join('src', 'access', 'cloud.ts'));
    expect(circlesIn(imports)).toEqual([]);
  });

  test('and one that did would be found', () => {
    const imports = new Map([
      ['a', ['b', 'd']],
      ['b', ['c', 'd']],
      ['c', ['b']],
      ['d', []],
    ]);
    expect(circlesIn(imports)).toEqual(['b → c → b']);
  });
});

describe('the code of access files', () => {
  const reader = join('src', 'action', 'inputs', 'access-files.ts');
  const runner = join('src', 'access', 'files', 'run.ts');
  const people = join('src', 'action', 'approval', 'people.ts');
  const ports = ['aws', 'azure'].map((cloud) => join('src', cloud, 'access', 'open.ts'));
  const ofFiles = (files: ReadonlySet<string>): readonly string[] =>
    [...files].filter((file) => file === 'yaml' || /^src.(?:access.files|aws.access|azure.access)./u.test(file)).sort();
  /** Constants of inputs, and the rows that a report of an inventory counts. */
  const shared = ['access-file.ts', 'grammar.ts', 'inventory-rows.ts'].map((name) =>
    join('src', 'access', 'files', name),
  );

  test('is loaded through four gates, which only a step with files or an inventory opens', () => {
    const doors = [reader, runner, people, ...ports];
    expect(ofFiles(loadable([join('src', 'index.ts')], doors))).toEqual(shared);
    expect(loadsOf(join('src', 'main.ts')).later).toEqual(expect.arrayContaining([reader, runner]));
    expect(loadsOf(join('src', 'approving.ts')).later).toContain(people);
    for (const port of ports) expect(loadsOf(join(dirname(dirname(port)), 'cloud.ts')).later).toContain(port);
  });

  test('has the parser of YAML behind one of them, which an inventory without files does not open', () => {
    const parsing = ['read.ts', 'rows.ts', 'yaml-tree.ts'].map((name) => join('src', 'access', 'files', name));
    const read = loadable([reader], []);
    for (const file of ['yaml', ...parsing]) expect(read).toContain(file);
    const run = loadable([runner, ...ports], []);
    for (const file of ['yaml', ...parsing]) expect(run).not.toContain(file);
  });
});
