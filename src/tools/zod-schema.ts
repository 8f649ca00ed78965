/**
 * Types for schemas of any zod 4. Zod's own types only fit schemas of the same minor version, and an app may have another one than ours.
 *
 * @module
 */

/** Any zod 4 schema: what `z.string()` and the like return. */
export interface ZodSchema {
  readonly _zod: { readonly input: unknown; readonly output: unknown; readonly def: { readonly type: string } }
}

/** A zod 4 object schema: what `z.object({ … })` returns. */
export interface ZodObjectSchema {
  readonly _zod: { readonly input: unknown; readonly output: unknown; readonly def: { readonly type: 'object' } }
}

/** What is parsed, before defaults and transforms. */
export type InputOf<Schema extends ZodObjectSchema> = Schema['_zod']['input']

/** What parsing returns, after defaults and transforms. */
export type OutputOf<Schema extends ZodSchema> = Schema['_zod']['output']
