import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { operations } from '../../src/access/request.ts';
import { readText, root } from './repository.ts';

/** Of a form. Source: GitHub's documentation of the syntax of issue forms. */
interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: { readonly label?: string; readonly value?: string; readonly options?: readonly unknown[] };
  readonly validations?: { readonly required: boolean };
}

interface Form {
  readonly name: string;
  readonly description: string;
  readonly labels?: readonly string[];
  readonly body: readonly Field[];
}

const folder = '.github/ISSUE_TEMPLATE';

function parsed(path: string): unknown {
  const document = parseDocument(readText(path), { uniqueKeys: true });
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS();
}

const forms = readdirSync(join(root, folder)).filter((name) => name !== 'config.yml');

describe('issue templates', () => {
  it.each(forms)('%s is a form that GitHub takes', (name) => {
    const form = parsed(`${folder}/${name}`) as Form;
    expect(form).toMatchObject({ name: expect.stringMatching(/./u), description: expect.stringMatching(/./u) });
    const asked = form.body.filter(({ type }) => type !== 'markdown');
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
    for (const { type, id, attributes } of asked) {
      expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
      expect(id).toMatch(/^[\w-]+$/u);
      expect(attributes.label).toMatch(/./u);
      if (type === 'dropdown') expect(attributes.options?.every((it) => typeof it === 'string')).toBe(true);
    }
  });

  it('of a bug offer every operation', () => {
    const { body } = parsed(`${folder}/bug.yml`) as Form;
    const choice = body.find(({ id }) => id === 'operation');
    expect(choice?.attributes.options).toEqual([...operations, 'the post step']);
  });

  it('send vulnerabilities to SECURITY.md, and lead only to documents that are there', () => {
    const { blank_issues_enabled: blank, contact_links: links } = parsed(`${folder}/config.yml`) as {
      readonly blank_issues_enabled: boolean;
      readonly contact_links: readonly { readonly name: string; readonly url: string; readonly about: string }[];
    };
    expect(blank).toBe(false);
    const own = 'https://github.com/OWNER/cloud-access/';
    expect(links.map(({ url }) => url)).toContain(`${own}security/policy`);
    for (const { url } of links) {
      expect(url.startsWith(own)).toBe(true);
      const path = url.split('/blob/main/')[1];
      if (path !== undefined) expect({ path, there: existsSync(join(root, path)) }).toEqual({ path, there: true });
    }
    expect(readText(`${folder}/bug.yml`)).toContain(`${own}security/policy`);
  });
});
