/**
 * Schemas of zod 4, whichever copy of it made them. Zod's own types fit those of one minor version alone, and an application has the
 * zod that it has.
 *
 * @module
 */

/** What `z.…()` gives. */
export interface ZodSchema {
  readonly _zod: { readonly output: unknown; readonly def: { readonly type: string } }
}

/** What `z.object({ … })` gives. */
export interface ZodObjectSchema {
  readonly _zod: { readonly output: unknown; readonly def: { readonly type: 'object' } }
}

export type OutputOf<Schema extends ZodSchema> = Schema['_zod']['output']
