/**
 * Finds asynchronous checks and transforms in zod schemas. Signalbox parses synchronously, so it refuses them when a schema is defined.
 *
 * @module
 */

/** The keys of a zod definition that may hold further schemas and checks, or a function that the author wrote. */
const NESTED_KEYS = [
  ...['checks', 'fn', 'transform', 'shape', 'catchall', 'element', 'items', 'rest', 'options', 'innerType'],
  ...['in', 'out', 'left', 'right', 'keyType', 'valueType'],
]

/**
 * Whether a schema, a check or a function is `async`, or has such a function anywhere inside. A plain function that returns a promise
 * cannot be seen from outside: `parseWith` catches that when it is called.
 */
export function isAsynchronous(part: unknown, seen: Set<unknown> = new Set()): boolean {
  if (typeof part === 'function') return Object.prototype.toString.call(part) === '[object AsyncFunction]'
  if (typeof part !== 'object' || part === null || seen.has(part)) return false
  seen.add(part)
  return nestedIn(part).some(nested => isAsynchronous(nested, seen))
}

/** What lies directly inside a schema or a check, or inside a list or record of them. */
function nestedIn(part: object): readonly unknown[] {
  if (!('_zod' in part)) return Object.values(part)
  const { def, check, innerType } = part._zod as ZodInternals
  return [check, innerType, ...NESTED_KEYS.map(key => def[key])]
}

interface ZodInternals {
  readonly def: Readonly<Record<string, unknown>>
  readonly check?: unknown
  /** The schema behind `z.lazy`. */
  readonly innerType?: unknown
}
