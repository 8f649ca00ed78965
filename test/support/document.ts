/**
 * A document of `docs/`, taken apart, and the shapes that it describes.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { ROOT } from './source-files.ts'

export function readDocument(name: string): string {
  return readFileSync(join(ROOT, 'docs', name), 'utf8')
}

/** What stands below a heading of the second order, up to the next one. */
export function sectionOf(document: string, heading: string): string {
  const [, section] = document.split(`\n## ${heading}\n`)
  if (section === undefined) throw new Error(`the document has no heading '## ${heading}'`)
  return section.split('\n## ')[0]!
}

/** The rows of each table, without its head. */
export function tablesIn(section: string): readonly (readonly string[])[][] {
  return [...section.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) => {
    const [head, , ...rows] = table.trim().split('\n').map(cellsOf)
    const gap = rows.find(row => row.length !== head!.length || row.includes(''))
    if (gap) throw new Error(`this row has gaps: ${gap.join(' | ')}`)
    return rows
  })
}

const cellsOf = (row: string) =>
  row
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())

/** What stands between backticks. */
export const quoted = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!)

export const yamlIn = (text: string): readonly string[] =>
  [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => block!)

/**
 * Every key that a shape has, with those of the mappings in it: `timeouts.connect`.
 *
 * @param elsewhere - Keys into which is not looked.
 */
export function keysOf(schema: z.core.$ZodType, elsewhere: ReadonlySet<string>): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([key, inner]) => {
        const below = elsewhere.has(key) ? [] : keysOf(inner, elsewhere)
        return below.length === 0 ? [key] : below.map(deeper => `${key}.${deeper}`)
      })
    case 'optional':
    case 'default':
    case 'prefault':
      return keysOf(def.innerType, elsewhere)
    case 'pipe':
      return keysOf(def.in, elsewhere)
    case 'array':
      return keysOf(def.element, elsewhere)
    case 'record':
      return keysOf(def.valueType, elsewhere)
    case 'union':
      return def.options.flatMap(option => keysOf(option, elsewhere))
    default:
      return []
  }
}
