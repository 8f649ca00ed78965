/**
 * Schemas of zod 4, whichever copy of it made them. Zod's own types fit those of one minor version alone, and an application has the
 * zod that it has.
 *
 * @module
 */

/** What `z.…()` gives. */
export interface ZodSchema {
  readonly _zod: { readonly input: unknown; readonly output: unknown; readonly def: { readonly type: string } }
}

/** What `z.object({ … })` gives. */
export interface ZodObjectSchema {
  readonly _zod: { readonly input: unknown; readonly output: unknown; readonly def: { readonly type: 'object' } }
}

/** What is given to it, before defaults. */
export type InputOf<Schema extends ZodObjectSchema> = Schema['_zod']['input']

export type OutputOf<Schema extends ZodSchema> = Schema['_zod']['output']
