import { isAbsolute, relative, resolve } from 'node:path'

/** As people would write it here: relative to this folder, unless it lies outside. */
export function shortPath(path: string): string {
  const below = relative('.', resolve(path))
  return below.startsWith('..') || isAbsolute(below) ? path : below
}
