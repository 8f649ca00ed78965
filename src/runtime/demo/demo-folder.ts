/**
 * What the demo works on: the texts, the vendors' script and the configuration that the package brings.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Manuscript } from '../../../workflows/writing-desk.ts'

const FOLDER = fileURLToPath(new URL('../../../demo/', import.meta.url))

export const DOCUMENTS_PATH = join(FOLDER, 'documents')
export const CONFIGURATION_PATH = join(FOLDER, 'signalbox.yaml')

export function readVendorsText(): Promise<string> {
  return readFile(join(FOLDER, 'vendors.yaml'), 'utf8')
}

/** The writing desk's work: an article, the table that it draws on, and a document that nobody may keep. */
export async function readManuscript(): Promise<Manuscript> {
  const names = ['article.md', 'measurements.csv', 'enterprise.md']
  const [article, table, confidential] = await Promise.all(names.map(name => readFile(join(FOLDER, name), 'utf8')))
  return { article: article!, table: table!, confidential: confidential! }
}
