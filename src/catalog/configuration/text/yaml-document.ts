/**
 * The text of a configuration as values, and where in the text each of them stands.
 *
 * @module
 */
import { LineCounter, parseDocument } from 'yaml'
import type { Path, Problem } from './problem.ts'
import { type Document, type Place, placeOf } from './yaml-places.ts'
import { aliasProblems, endlessProblem, OLDER_YAML, syntaxProblem, tagProblem } from './yaml-problems.ts'

export interface YamlDocument {
  readonly value: unknown
  /** Where a value (or, with `key`, its key) begins; `undefined` for what is not in the text. */
  place(path: Path, what?: 'key'): Place | undefined
}

export type ParsedYaml =
  | { readonly ok: true; readonly document: YamlDocument; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads YAML 1.2. Keys that occur twice and tags are problems that leave the rest readable; any other error does not, nor does a value
 * that holds itself: nobody could walk it to its end.
 */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', logLevel: 'error' })
  if (document.directives?.yaml.version === '1.1') return { ok: false, problems: [OLDER_YAML] }
  const problems = [
    ...document.errors.map(error => syntaxProblem(error, document, lines)),
    ...document.warnings
      .filter(({ code }) => code === 'TAG_RESOLVE_FAILED')
      .map(tag => tagProblem(tag, document, lines)),
  ]
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { ok: false, problems }
  const values = valuesOf(document)
  if (!values) return { ok: false, problems: [...problems, ...aliasProblems(document, lines)] }
  const place: YamlDocument['place'] = (path, what) => placeOf(document, lines, path, what)
  const endless = pathIntoItself(values.value)
  if (endless) return { ok: false, problems: [...problems, endlessProblem(endless, place(endless))] }
  return { ok: true, document: { ...values, place }, problems }
}

/** Where a value stands that it is itself part of: an alias inside of what its anchor names. */
function pathIntoItself(value: unknown, path: Path = [], around: readonly unknown[] = []): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (around.includes(value)) return path
  for (const [key, item] of Object.entries(value)) {
    const found = pathIntoItself(item, [...path, Array.isArray(value) ? Number(key) : key], [...around, value])
    if (found) return found
  }
  return undefined
}

function valuesOf(document: Document): { readonly value: unknown } | undefined {
  try {
    return { value: document.toJS() }
  } catch (error) {
    // How the library says that an alias leads nowhere, or that aliases of aliases grow without bound.
    if (error instanceof ReferenceError) return undefined
    throw error
  }
}
