/**
 * `${VAR}` and `${VAR:-default}` in the texts of a configuration.
 *
 * @module
 */

export type Environment = Readonly<Record<string, string | undefined>>

export interface Substituted {
  readonly text: string
  /** Variables without a value and without a default; their marks are left as they are. */
  readonly missing: readonly string[]
  /** Variables whose value stands in the text. */
  readonly used: readonly string[]
  /** The text has something like a mark that is none: `${A-x}`, `${A:?x}`, one inside of another, one that does not end. */
  readonly unreadable: boolean
}

/** A default goes to the next brace, and holds no other mark. */
const MARK = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-((?:(?!\$\{)[^}])*))?\}/g

/** An empty variable counts as absent, as in a shell. */
export function substitute(text: string, env: Environment): Substituted {
  const missing: string[] = []
  const used: string[] = []
  const done = text.replace(MARK, (mark, name: string, fallback: string | undefined) => {
    const value = env[name]
    if (value) {
      used.push(name)
      return value
    }
    if (fallback === undefined) missing.push(name)
    return fallback ?? mark
  })
  return { text: done, missing, used, unreadable: text.replace(MARK, '').includes('${') }
}

/** The names in the marks of a text. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(MARK)].map(([, name]) => name!)
}

/** Names of variables that hold what nobody else may see. */
export function isSecretName(name: string): boolean {
  return /KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|(^|_)PAT$/i.test(name)
}
