/**
 * Finds checks and transforms of zod schemas that are asynchronous: what a model writes is held to a schema at once.
 *
 * @module
 */

/** Where the definition of a schema or of a check has others inside, or a function of its author's. */
const INSIDE = [
  ...['checks', 'fn', 'transform', 'shape', 'catchall', 'element', 'items', 'rest', 'options', 'innerType'],
  ...['in', 'out', 'left', 'right', 'keyType', 'valueType'],
]

/** Whether it shows that one is: a plain function that gives a promise is known only when it does. */
export function isAsynchronous(part: unknown, seen: Set<unknown> = new Set()): boolean {
  if (typeof part === 'function') return Object.prototype.toString.call(part) === '[object AsyncFunction]'
  if (typeof part !== 'object' || part === null || seen.has(part)) return false
  seen.add(part)
  return insideOf(part).some(each => isAsynchronous(each, seen))
}

/** Of a schema, a check, or a list or record of such. */
function insideOf(part: object): readonly unknown[] {
  if (!('_zod' in part)) return Object.values(part)
  const { def, check, innerType } = part._zod as Known
  return [check, innerType, ...INSIDE.map(key => def[key])]
}

interface Known {
  readonly def: Readonly<Record<string, unknown>>
  readonly check?: unknown
  /** Of a lazy one. */
  readonly innerType?: unknown
}
