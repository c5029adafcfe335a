/** What we use of ncc, which ships no types. */
declare module '@vercel/ncc' {
  interface Built {
    readonly code: string;
    readonly assets: Readonly<Record<string, { readonly source: string | Uint8Array }>>;
  }
  interface Options {
    readonly externals: Readonly<Record<string, string>>;
    readonly quiet: boolean;
    readonly cache: boolean;
    /** The name of the asset that gets the licences of what is bundled. */
    readonly license: string;
  }
  // eslint-disable-next-line no-restricted-exports -- it is theirs
  export default function ncc(input: string, options: Options): Promise<Built>;
}
