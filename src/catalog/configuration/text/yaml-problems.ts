/**
 * What is wrong with a YAML text, in words of our own: the library's quote the line.
 *
 * @module
 */
import type { ErrorCode, LineCounter, YAMLError, YAMLWarning } from 'yaml'
import { type Path, type Problem, pathText } from './problem.ts'
import { looksSecret } from './quoting.ts'
import { type Document, offsetsWithoutAnchor, type Place, pathAround, placeAt } from './yaml-places.ts'

/** What the library refuses to write out: a file of a few lines could stand for more than fits into memory. */
const TOO_MANY_ALIASES: Problem = {
  path: '',
  message: 'broken YAML: aliases (*name) of aliases stand for too many values',
}

/** There `on` is true, 010 is 8 and 22:30 is 1350. */
export const OLDER_YAML: Problem = {
  path: '',
  message: 'the file declares YAML 1.1, where some words and numbers mean something else',
  allowed: 'YAML 1.2: remove the line that begins with %YAML',
  line: 1,
  column: 1,
}

/** Why the values of a document without syntax errors cannot be made. Aliases are not quoted: a key that begins with * reads as one. */
export function aliasProblems(document: Document, lines: LineCounter): readonly Problem[] {
  const problems = offsetsWithoutAnchor(document).map(offset => ({
    path: shownPath(pathAround(document.contents, offset)),
    message: 'an alias (*name) has no anchor (&name) above it',
    ...placeAt(lines, offset),
  }))
  return problems.length > 0 ? problems : [TOO_MANY_ALIASES]
}

export function endlessProblem(path: Path, place: Place | undefined): Problem {
  const message = 'an alias (*name) is inside its own anchor (&name), so the value would never end'
  return {
    path: shownPath(path),
    message,
    allowed: 'an alias of an anchor that ends above it, or the value itself',
    ...place,
  }
}

function shownPath(path: Path): string {
  return pathText(path.map(part => (typeof part === 'string' && looksSecret(part) ? '[hidden]' : part)))
}

export function syntaxProblem(error: YAMLError, document: Document, lines: LineCounter): Problem {
  const offset = error.pos[0]
  const path = error.code === 'DUPLICATE_KEY' ? pathAround(document.contents, offset) : undefined
  const isEndpoint = path?.length === 4 && path[0] === 'providers' && path[2] === 'models'
  const message = isEndpoint ? 'this endpoint is listed twice: one provider, one model' : SYNTAX[error.code]
  return { path: pathText(path ?? []), message: message ?? 'broken YAML', ...placeAt(lines, offset) }
}

/** Another tool's `!env NAME` would be read as the text NAME. */
export function tagProblem({ pos: [offset] }: YAMLWarning, document: Document, lines: LineCounter): Problem {
  return {
    path: pathText(pathAround(document.contents, offset)),
    message: 'tags (!name) are not supported',
    allowed: `a value without one; a variable is \${NAME} in quotes`,
    ...placeAt(lines, offset),
  }
}

const SYNTAX: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'broken YAML: a value begins with * or & but is not an alias (*name); put it in quotes',
  BAD_DQ_ESCAPE:
    'broken YAML: a backslash in double quotes does not begin a valid escape; write it twice, or use single quotes',
  BAD_INDENT: 'broken YAML: the indentation does not fit the lines above, or a bracket there is not closed',
  BAD_SCALAR_START:
    'broken YAML: a value begins with a character that means something else there (such as @, %, > or a backtick); put it in quotes',
  BLOCK_IN_FLOW:
    'broken YAML: brackets contain something that relies on indentation (-, > or |); put it in quotes, or leave out the brackets',
  BLOCK_AS_IMPLICIT_KEY: 'broken YAML: a mapping begins inside a line that already has one',
  DUPLICATE_KEY: 'this key appears twice in its mapping',
  MISSING_CHAR: 'broken YAML: a quote, bracket, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'broken YAML: a key spans several lines; a colon is missing',
  MULTIPLE_DOCS: 'broken YAML: the file holds more than one document (---)',
  TAB_AS_INDENT: 'broken YAML: a tab is used for indentation; use spaces',
  UNEXPECTED_TOKEN:
    'broken YAML: something is where nothing is allowed; a value that begins with > or | must be in quotes',
}
