/**
 * The sample configuration with something else in any place of it.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

const FILE = new URL('../../fixtures/configurations/sample.yaml', import.meta.url)

export const sample = parse(readFileSync(FILE, 'utf8'))

export type Place = readonly (string | number)[]

/** Every place of a tree: leaves and branches alike. */
export function places(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [...(at.length > 0 ? [at] : []), ...Object.entries(value).flatMap(([key, item]) => places(item, [...at, key]))]
}

/** The sample as text, with another value in one place. JSON is YAML that is quick to write and to read. */
export function planted(at: Place, value: unknown): string {
  const copy = structuredClone(sample)
  const parent = at.slice(0, -1).reduce((inner, part) => inner[part], copy)
  parent[at.at(-1)!] = value
  return JSON.stringify(copy)
}
