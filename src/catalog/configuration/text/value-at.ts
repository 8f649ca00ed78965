/**
 * Looks into what somebody wrote, of which nothing is known yet.
 *
 * @module
 */
import type { Path } from './problem.ts'

/** The value at a path, `undefined` where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, part) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, part)) return undefined
    return (inner as Record<string | number, unknown>)[part]
  }, value)
}

/** The name that is written at a path; `undefined` for anything that is none. */
export function nameAt(value: unknown, path: Path): string | undefined {
  const found = valueAt(value, path)
  return typeof found === 'string' && found !== '' ? found : undefined
}
