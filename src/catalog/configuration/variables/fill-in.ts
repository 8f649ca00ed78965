/**
 * Puts the values of the environment and of secrets' files into a configuration, and keeps account of what is missing and what is secret.
 *
 * @module
 */

import { type Path, type Problem, pathText } from '../text/problem.ts'
import type { YamlDocument } from '../text/yaml-document.ts'
import { isKeyPlace, isPrivate, PRIVATE_PLACES } from './private-places.ts'
import type { SecretFiles } from './secret-files.ts'
import { type Environment, filesIn, type Gaps, gapWords, isSecretName, NO_GAPS, substitute } from './variables.ts'

export interface Filled {
  readonly value: unknown
  /** By provider: what it cannot be used without. */
  readonly missing: ReadonlyMap<string, Gaps>
  /** What must not appear in any message. */
  readonly secrets: readonly string[]
  readonly problems: readonly Problem[]
}

/** In place of an address with a gap: right in shape, and nobody asks a provider that is disabled. */
export const NO_ADDRESS = 'http://unset.invalid'

/** In place of what posts are signed with, for who posts nothing. */
export const NO_SECRET = 'nobody-has-set-this-secret'

/** Where values come from, and who asks for them. */
export interface Sources {
  readonly env: Environment
  readonly secretFiles: SecretFiles
  readonly asksNobody: boolean
}

interface Account extends Sources {
  readonly place: YamlDocument['place']
  readonly missing: Map<string, Gaps>
  readonly secrets: string[]
  readonly problems: Problem[]
}

/**
 * Fills every text in, except the names. What goes into a provider's key, headers or address stays with the provider, and a
 * webhook's with who posts there; everything else is shown and recorded, so files, and variables that are named like secrets, are
 * refused there.
 */
export function fillIn({ value, place }: YamlDocument, sources: Sources): Filled {
  const account: Account = { ...sources, place, missing: new Map(), secrets: secretsOf(sources.env), problems: [] }
  const { missing, secrets, problems } = account
  return { value: walk(value, [], account), missing, secrets, problems }
}

function secretsOf(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value?.trim() && isSecretName(name) ? [value.trim()] : []))
}

function walk(value: unknown, path: Path, account: Account): unknown {
  if (typeof value === 'string') return fillText(value, path, account)
  if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index], account))
  if (typeof value !== 'object' || value === null) return value
  for (const key of Object.keys(value))
    if (key.includes('${')) account.problems.push(variableName([...path, key], account))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key], account)]))
}

function fillText(text: string, path: Path, account: Account): string {
  const { env, secretFiles } = account
  const hidden = isPrivate(path)
  const fileAt = hidden ? (file: string) => secretFiles(file, path) : undefined
  const { text: filled, gaps, used, read, unreadable } = substitute(text, env, fileAt)
  if (hidden) account.secrets.push(...used.map(name => env[name]!), ...read)
  // A text without marks is a key as it stands; a default, e.g. "none", is not.
  if (hidden && filled === text && isKeyPlace(path)) account.secrets.push(text)
  if (!hidden) account.problems.push(...exposures(text, used, path, account))
  if (unreadable || (hidden && BARE.test(text))) account.problems.push(unreadableMark(path, account))
  if (gapWords(gaps) === '') return filled
  if (hidden && path[0] !== 'providers' && account.asksNobody) return path.at(-1) === 'secret' ? NO_SECRET : NO_ADDRESS
  noteMissing(gaps, path, hidden, account)
  return hidden && path[2] === 'baseURL' ? NO_ADDRESS : filled
}

/** Names are what classes, policies and commands refer to: they are as they stand. */
function variableName(path: Path, { place }: Account): Problem {
  const message = 'a name cannot contain a variable'
  return { path: pathText(path), message, allowed: 'the name itself', ...place(path, 'key') }
}

/** What a shell would read as a variable. Sent as it stands, it would be a wrong key. */
const BARE = /^\$[A-Za-z_]\w*$/

/** What is secret in a value that is shown: the first is enough to tell. */
function exposures(text: string, used: readonly string[], path: Path, { place }: Account): readonly Problem[] {
  const variable = used.find(isSecretName)
  const what =
    filesIn(text).length > 0
      ? 'a file holds a secret'
      : variable !== undefined && `the variable ${variable} looks like a secret by its name`
  if (!what) return []
  const message = `${what}, and this value is shown and recorded`
  return [{ path: pathText(path), message, allowed: PRIVATE_PLACES, ...place(path) }]
}

function unreadableMark(path: Path, { place }: Account): Problem {
  return {
    path: pathText(path),
    message: 'a variable is not written correctly',
    allowed: `\${NAME}, \${NAME:-default} or \${file:/path}, where a path or default holds no other variable`,
    ...place(path),
  }
}

function noteMissing(gaps: Gaps, path: Path, hidden: boolean, account: Account): void {
  if (hidden && path[0] === 'providers') {
    const provider = String(path[1])
    const { variables, files } = account.missing.get(provider) ?? NO_GAPS
    account.missing.set(provider, {
      variables: [...variables, ...gaps.variables],
      files: [...files, ...gaps.files],
    })
    return
  }
  const variable = gaps.variables.length > 0 ? 'the variable ' : ''
  const message = `${variable}${gapWords(gaps)}`
  const allowed = variable ? `a variable that is set, or \${NAME:-default}` : 'a file with the secret in it'
  account.problems.push({ path: pathText(path), message, allowed, ...account.place(path) })
}
