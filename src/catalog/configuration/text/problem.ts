/**
 * What is wrong with a configuration, as data and as words.
 *
 * @module
 */

/** One thing to correct. No field ever holds a key or the value of a variable. */
export interface Problem {
  /** Where, e.g. `providers.acme.models.acme/large.price.input`; empty for the file as a whole. */
  readonly path: string
  readonly message: string
  readonly found?: string
  readonly allowed?: string
  /** The allowed word nearest to what was found. */
  readonly suggestion?: string
  /** From 1. */
  readonly line?: number
  readonly column?: number
}

export type Path = readonly (string | number)[]

/** `classes.cheap.models[0]`; a part with a dot or a space in it is quoted. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[\w/@:-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** All problems for people: a first line with their number, then one paragraph each. */
export function describeProblems(problems: readonly Problem[], source = 'signalbox.yaml'): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return [`${source}: ${count}`, ...problems.map(problem => `  ${describeProblem(problem)}`)].join('\n')
}

function describeProblem({ path, message, found, allowed, suggestion, line, column }: Problem): string {
  const place = line === undefined ? '' : ` (line ${line}${column === undefined ? '' : `, column ${column}`})`
  const head = path === '' ? `${message}${place}` : `${path}${place}: ${message}`
  const parts = [
    found === undefined ? '' : ` Found: ${found}.`,
    allowed === undefined ? '' : ` Allowed: ${allowed}.`,
    suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`,
  ]
  return `${head}${head.endsWith('?') ? '' : '.'}${parts.join('')}`
}
