/**
 * Puts the environment's values into a configuration, and keeps account of what is missing and what is secret.
 *
 * @module
 */
import { isKeyPlace, isPrivate, PRIVATE_PLACES } from './private-places.ts'
import { type Path, type Problem, pathText } from './problem.ts'
import { type Environment, isSecretName, substitute } from './variables.ts'
import type { YamlDocument } from './yaml-document.ts'

export interface Filled {
  readonly value: unknown
  /** By provider: the variables without which it cannot be used. */
  readonly missing: ReadonlyMap<string, readonly string[]>
  /** What must not appear in any message. */
  readonly secrets: readonly string[]
  readonly problems: readonly Problem[]
}

/** In place of an address with a gap: right in shape, and nobody asks a provider that is disabled. */
export const NO_ADDRESS = 'http://unset.invalid'

/** In place of what posts are signed with, for who posts nothing. */
export const NO_SECRET = 'nobody-has-set-this-secret'

interface Account {
  readonly place: YamlDocument['place']
  readonly asksNobody: boolean
  readonly missing: Map<string, string[]>
  readonly secrets: string[]
  readonly problems: Problem[]
}

/**
 * Fills every text in, except the names. What goes into a provider's key, headers or address stays with the provider, and a
 * webhook's with who posts there; everything else is shown and recorded, so a variable that is named like a secret is refused there.
 */
export function fillIn({ value, place }: YamlDocument, env: Environment, asksNobody: boolean): Filled {
  const account: Account = { place, asksNobody, missing: new Map(), secrets: secretsOf(env), problems: [] }
  const { missing, secrets, problems } = account
  return { value: walk(value, [], env, account), missing, secrets, problems }
}

function secretsOf(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value?.trim() && isSecretName(name) ? [value.trim()] : []))
}

function walk(value: unknown, path: Path, env: Environment, account: Account): unknown {
  if (typeof value === 'string') return fillText(value, path, env, account)
  if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index], env, account))
  if (typeof value !== 'object' || value === null) return value
  for (const key of Object.keys(value))
    if (key.includes('${')) account.problems.push(variableName([...path, key], account))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key], env, account)]))
}

function fillText(text: string, path: Path, env: Environment, account: Account): string {
  const { text: filled, missing, used, unreadable } = substitute(text, env)
  const hidden = isPrivate(path)
  if (hidden) for (const name of used) account.secrets.push(env[name]!)
  // A text without marks is a key as it stands; a default, e.g. "none", is not.
  if (hidden && filled === text && isKeyPlace(path)) account.secrets.push(text)
  const exposed = hidden ? undefined : used.find(isSecretName)
  if (exposed !== undefined) account.problems.push(exposure(path, exposed, account))
  if (unreadable || (hidden && BARE.test(text))) account.problems.push(unreadableMark(path, account))
  if (missing.length === 0) return filled
  if (hidden && path[0] !== 'providers' && account.asksNobody) return path.at(-1) === 'secret' ? NO_SECRET : NO_ADDRESS
  noteMissing(missing, path, hidden, account)
  return hidden && path[2] === 'baseURL' ? NO_ADDRESS : filled
}

/** Names are what classes, policies and commands refer to: they are as they stand. */
function variableName(path: Path, { place }: Account): Problem {
  const message = 'a name cannot contain a variable'
  return { path: pathText(path), message, allowed: 'the name itself', ...place(path, 'key') }
}

/** What a shell would read as a variable. Sent as it stands, it would be a wrong key. */
const BARE = /^\$[A-Za-z_]\w*$/

function exposure(path: Path, variable: string, { place }: Account): Problem {
  return {
    path: pathText(path),
    message: `the variable ${variable} looks like a secret by its name, and this value is shown and recorded`,
    allowed: PRIVATE_PLACES,
    ...place(path),
  }
}

function unreadableMark(path: Path, { place }: Account): Problem {
  return {
    path: pathText(path),
    message: 'a variable is not written correctly',
    allowed: `\${NAME} or \${NAME:-default}, where a default holds no other variable`,
    ...place(path),
  }
}

function noteMissing(missing: readonly string[], path: Path, hidden: boolean, account: Account): void {
  if (hidden && path[0] === 'providers') {
    const provider = String(path[1])
    account.missing.set(provider, [...new Set([...(account.missing.get(provider) ?? []), ...missing])])
    return
  }
  const message = `the variable ${missing.join(', ')} is not set`
  const allowed = `a variable that is set, or \${NAME:-default}`
  account.problems.push({ path: pathText(path), message, allowed, ...account.place(path) })
}
