/**
 * The README, taken apart.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './source-files.ts'

export const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** The rows of the first table below a heading, without its head; cells without the blanks around them. */
export function tableBelow(heading: string): readonly (readonly string[])[] {
  const [, section] = README.split(`\n## ${heading}\n`)
  if (section === undefined) throw new Error(`README.md has no heading '## ${heading}'`)
  const lines = section.split('\n## ')[0]!.split('\n')
  const rows = lines.filter(line => line.startsWith('|')).slice(2)
  return rows.map(row => row.split('|').slice(1, -1)).map(cells => cells.map(cell => cell.trim()))
}
