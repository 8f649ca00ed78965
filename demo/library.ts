/**
 * The folder of documents that the researcher works with: what is in it, one document, a search over all of them.
 *
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface DocumentEntry {
  /** The file's name without `.md`. */
  readonly name: string
  readonly title: string
  readonly words: number
}

export interface Passage {
  readonly document: string
  readonly text: string
}

export interface Library {
  list(): Promise<readonly DocumentEntry[]>
  /** Throws when there is no such document, and names those that there are. */
  read(name: string): Promise<string>
  /** Paragraphs and table rows that contain every word of the query, in the order of the documents. */
  search(query: string): Promise<readonly Passage[]>
}

const EXTENSION = '.md'

/** Reads the folder anew on every call, so that a document that was just added is found. */
export function createLibrary(folder: string): Library {
  const names = async () =>
    (await readdir(folder))
      .filter(file => file.endsWith(EXTENSION))
      .map(file => file.slice(0, -EXTENSION.length))
      .sort()
  const textOf = (name: string) => readFile(join(folder, name + EXTENSION), 'utf8')
  return {
    list: async () => Promise.all((await names()).map(async name => entryOf(name, await textOf(name)))),
    async read(name) {
      const known = await names()
      if (!known.includes(name)) throw new Error(`there is no document "${name}"; there are ${known.join(', ')}`)
      return textOf(name)
    },
    async search(query) {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean)
      const passages = await Promise.all((await names()).map(async name => passagesOf(name, await textOf(name))))
      return passages.flat().filter(({ text }) => words.every(word => text.toLowerCase().includes(word)))
    },
  }
}

function entryOf(name: string, text: string): DocumentEntry {
  const title = text.slice(0, text.indexOf('\n')).replace(/^#\s*/, '')
  return { name, title, words: wordsIn(text) }
}

/** Counts what has a letter or a digit in it: a table's rules and a heading's mark are no words. */
function wordsIn(text: string): number {
  return text.split(/\s+/).filter(word => /\p{L}|\d/u.test(word)).length
}

function passagesOf(document: string, text: string): readonly Passage[] {
  return text
    .split(/\n{2,}|\n(?=\|)/)
    .filter(passage => !/^\|[-|]+$/.test(passage))
    .map(passage => ({ document, text: passage.trim() }))
}
