/**
 * The text of a configuration as values, and where in the text each of them stands.
 *
 * @module
 */
import {
  type ErrorCode,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
  type YAMLWarning,
} from 'yaml'
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
 * Reads YAML 1.2. Keys that occur twice and tags are problems that leave the rest readable; any other error does not, nor does a value
 * that holds itself: nobody could walk it to its end.
 * The library's own messages are not used: they quote the line.
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

/** There `on` is true, 010 is 8 and 22:30 is 1350. */
const OLDER_YAML: Problem = {
  path: '',
  message: 'the file says that it is YAML 1.1, where words and numbers mean other things',
  allowed: 'YAML 1.2: take the line that begins with %YAML away',
  line: 1,
  column: 1,
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
  return rangeStart(nodeAt(document, path))
}

function keyOffset(document: Document, path: Path): number | undefined {
  const parent = nodeAt(document, path.slice(0, -1))
  if (!isMap(parent)) return valueOffset(document, path)
  return rangeStart(parent.items.find(({ key }) => nameOf(key) === String(path.at(-1)))?.key)
}

/** By the names that values are read under, so also below a number as a key; behind an alias, what it stands for. */
function nodeAt(document: Document, path: Path): unknown {
  let node: unknown = document.contents
  for (const part of path) {
    const whole = isAlias(node) ? node.resolve(document) : node
    if (isMap(whole)) node = whole.items.find(({ key }) => nameOf(key) === String(part))?.value
    else node = isSeq(whole) ? whole.items[Number(part)] : undefined
  }
  return node
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined
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
  const path = error.code === 'DUPLICATE_KEY' ? pathAround(document.contents, offset) : undefined
  const isEndpoint = path?.length === 4 && path[0] === 'providers' && path[2] === 'models'
  const message = isEndpoint ? 'this endpoint occurs twice: one provider, one model' : SYNTAX[error.code]
  return { path: pathText(path ?? []), message: message ?? 'broken YAML', ...toPlace(lines, offset) }
}

/** Another tool's `!env NAME` would be read as the text NAME. */
function tagProblem({ pos: [offset] }: YAMLWarning, document: Document, lines: LineCounter): Problem {
  return {
    path: pathText(pathAround(document.contents, offset)),
    message: 'a tag (!name) is not read',
    allowed: `a value without one; a variable is \${NAME} in quotes`,
    ...toPlace(lines, offset),
  }
}

/** The path of the value in which, in whose key or right before which an offset lies. */
function pathAround(node: unknown, offset: number): Path {
  if ((rangeStart(node) ?? 0) > offset) return []
  if (isSeq(node)) {
    const at = node.items.findIndex(item => rangeEnd(item) > offset)
    return at < 0 ? [] : [at, ...pathAround(node.items[at], offset)]
  }
  const pair = isMap(node) ? node.items.find(({ key, value }) => rangeEnd(value ?? key) > offset) : undefined
  return pair ? [nameOf(pair.key) ?? '', ...pathAround(pair.value, offset)] : []
}

function rangeEnd(node: unknown): number {
  return (isNode(node) && node.range?.[2]) || 0
}

const SYNTAX: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'broken YAML: a value begins with * or & and is no alias (*name); put it in quotes',
  BAD_DQ_ESCAPE: 'broken YAML: a backslash in double quotes begins no escape; write it twice, or use single quotes',
  BAD_INDENT: 'broken YAML: the indentation does not fit the lines above, or a bracket there is not closed',
  BAD_SCALAR_START:
    'broken YAML: a value begins with a character that means something else there (such as @, %, > or a backtick); put it in quotes',
  BLOCK_IN_FLOW:
    'broken YAML: inside of brackets something begins that goes by indentation (-, > or |); put it in quotes, or do without the brackets',
  BLOCK_AS_IMPLICIT_KEY: 'broken YAML: a mapping begins inside a line that already has one',
  DUPLICATE_KEY: 'this key occurs twice in its mapping',
  MISSING_CHAR: 'broken YAML: a quote, bracket, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'broken YAML: a key goes over several lines; a colon is missing',
  MULTIPLE_DOCS: 'broken YAML: the file holds more than one document (---)',
  TAB_AS_INDENT: 'broken YAML: a tab is used for indentation; use spaces',
  UNEXPECTED_TOKEN:
    'broken YAML: something stands where nothing may stand; a value that begins with > or | must be in quotes',
}
