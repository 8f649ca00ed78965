/**
 * The text of a configuration as values, and where in the text each of them stands.
 *
 * @module
 */
import { type ErrorCode, isMap, isScalar, LineCounter, parseDocument, type YAMLError } from 'yaml'
import { type Path, type Problem, pathText } from './problem.ts'
import { looksSecret } from './quoting.ts'

export interface Place {
  readonly line: number
  readonly column: number
}

export interface YamlDocument {
  readonly value: unknown
  /** Where a value (or, with `key`, its key) begins; `undefined` for what is not in the text. */
  place(path: Path, what?: 'key'): Place | undefined
}

export type ParsedYaml =
  | { readonly ok: true; readonly document: YamlDocument; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads YAML 1.2. Keys that occur twice are problems that leave the rest readable; any other error does not, nor does a value that
 * holds itself: nobody could walk it to its end.
 * The library's own messages are not used: they quote the line.
 */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' })
  const problems = document.errors.map(error => syntaxProblem(error, document, lines))
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { ok: false, problems }
  const values = valuesOf(document)
  if (!values.ok) return { ok: false, problems: [...problems, { path: '', message: BAD_ALIASES }] }
  const place = (path: Path, what?: 'key'): Place | undefined => {
    const offset = what === 'key' ? keyOffset(document, path) : valueOffset(document, path)
    return offset === undefined ? undefined : toPlace(lines, offset)
  }
  const endless = pathIntoItself(values.value)
  if (endless) return { ok: false, problems: [...problems, endlessProblem(endless, place(endless))] }
  return { ok: true, document: { value: values.value, place }, problems }
}

const BAD_ALIASES = 'broken YAML: an alias (*name) has no anchor (&name) above it, or there are too many of them'

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

function endlessProblem(path: Path, place: Place | undefined): Problem {
  const shown = path.map(part => (typeof part === 'string' && looksSecret(part) ? '[hidden]' : part))
  const message = 'an alias (*name) stands inside of what its own anchor (&name) names, so the value has no end'
  return { path: pathText(shown), message, allowed: 'an alias of what ends above it, or the value itself', ...place }
}

function valuesOf(document: Document): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: document.toJS() }
  } catch (error) {
    // How the library says that an alias leads nowhere, or that aliases of aliases grow without bound.
    if (error instanceof ReferenceError) return { ok: false }
    throw error
  }
}

type Document = ReturnType<typeof parseDocument>

function valueOffset(document: Document, path: Path): number | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path, true)
  return rangeStart(node)
}

function keyOffset(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return valueOffset(document, path)
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
  return rangeStart(pair?.key)
}

function rangeStart(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | undefined)?.range?.[0]
}

function toPlace(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

function syntaxProblem(error: YAMLError, document: Document, lines: LineCounter): Problem {
  const offset = error.pos[0]
  const path = error.code === 'DUPLICATE_KEY' ? pathOfKey(document.contents, offset) : undefined
  const isEndpoint = path?.length === 4 && path[0] === 'providers' && path[2] === 'models'
  const message = isEndpoint ? 'this endpoint occurs twice: one provider, one model' : SYNTAX[error.code]
  return { path: pathText(path ?? []), message: message ?? 'broken YAML', ...toPlace(lines, offset) }
}

/** The path of the key that begins at an offset. */
function pathOfKey(node: unknown, offset: number): Path | undefined {
  if (!isMap(node)) return undefined
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : ''
    if (rangeStart(key) === offset) return [name]
    const below = pathOfKey(value, offset)
    if (below) return [name, ...below]
  }
  return undefined
}

const SYNTAX: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'broken YAML: the indentation does not fit the lines above, or a bracket there is not closed',
  BLOCK_AS_IMPLICIT_KEY: 'broken YAML: a mapping begins inside a line that already has one',
  DUPLICATE_KEY: 'this key occurs twice in its mapping',
  MISSING_CHAR: 'broken YAML: a quote, bracket, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'broken YAML: a key goes over several lines; a colon is missing',
  MULTIPLE_DOCS: 'broken YAML: the file holds more than one document (---)',
  TAB_AS_INDENT: 'broken YAML: a tab is used for indentation; use spaces',
  UNEXPECTED_TOKEN: 'broken YAML: something stands where nothing may stand',
}
