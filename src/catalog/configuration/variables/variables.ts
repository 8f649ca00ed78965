/**
 * `${VAR}`, `${VAR:-default}` and `${file:/path}` in the texts of a configuration.
 *
 * @module
 */

export type Environment = Readonly<Record<string, string | undefined>>

/** What a file with a secret holds. A problem names the file, never what is in it. */
export type SecretFile =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'absent' | 'unusable'; readonly problem: string }

/** What has no value and no default; its marks are left as they are. */
export interface Gaps {
  /** Names of variables. */
  readonly variables: readonly string[]
  /** What is wrong with each file. */
  readonly files: readonly string[]
}

export const NO_GAPS: Gaps = { variables: [], files: [] }

export interface Substituted {
  readonly text: string
  readonly gaps: Gaps
  /** Variables whose value stands in the text. */
  readonly used: readonly string[]
  /** What was read from files and stands in the text. */
  readonly read: readonly string[]
  /** The text has something like a mark that is none: `${A-x}`, `${A:?x}`, one inside of another, one that does not end. */
  readonly unreadable: boolean
}

/** A path or a default goes to the next brace, and holds no other mark. `${file:-x}` is a variable with a default. */
const MARK =
  /\$\{(?:file:(?!-)(?<path>(?:(?!:-|\$\{)[^}])*[^\s}]\s*?)|(?<name>[A-Za-z_][A-Za-z0-9_]*))(?::-(?<fallback>(?:(?!\$\{)[^}])*))?\}/g

interface Mark {
  readonly path?: string
  readonly name?: string
  readonly fallback?: string
}

/**
 * An empty variable counts as absent, as in a shell. A default is for a file that is not there: one that is empty or cannot be read is
 * somebody's mistake.
 */
export function substitute(text: string, env: Environment, fileAt?: (path: string) => SecretFile): Substituted {
  const gaps = { variables: [] as string[], files: [] as string[] }
  const used: string[] = []
  const read: string[] = []
  const ofVariable = (name: string, fallback: string | undefined): string | undefined => {
    const value = env[name]
    if (value) used.push(name)
    else if (fallback === undefined) gaps.variables.push(name)
    return value || fallback
  }
  const ofFile = (path: string, fallback: string | undefined): string | undefined => {
    const file = fileAt?.(path.trim())
    if (file?.kind === 'read') read.push(file.text)
    if (file === undefined || file.kind === 'read') return file?.text
    if (file.kind === 'absent' && fallback !== undefined) return fallback
    gaps.files.push(file.problem)
    return undefined
  }
  const done = text.replace(MARK, (mark, ...rest) => {
    const { path, name, fallback } = rest.at(-1) as Mark
    return (path === undefined ? ofVariable(name!, fallback) : ofFile(path, fallback)) ?? mark
  })
  return { text: done, gaps, used, read, unreadable: text.replace(MARK, '').includes('${') }
}

/** The names in the marks of a text. */
export function variablesIn(text: string): readonly string[] {
  return marksIn(text).flatMap(({ name }) => name ?? [])
}

/** The paths in the marks of a text. */
export function filesIn(text: string): readonly string[] {
  return marksIn(text).flatMap(({ path }) => path?.trim() ?? [])
}

function marksIn(text: string): readonly Mark[] {
  return [...text.matchAll(MARK)].map(({ groups }) => groups as Mark)
}

/** `ACME_URL, ACME_KEY are not set; there is no file /run/secrets/acme`; empty for no gap. */
export function gapWords({ variables, files }: Gaps): string {
  const names = [...new Set(variables)]
  const unset = names.length === 0 ? [] : [`${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not set`]
  return [...unset, ...new Set(files)].join('; ')
}

/** Names of variables that hold what nobody else may see. */
export function isSecretName(name: string): boolean {
  return /KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|(^|_)PAT$/i.test(name)
}
