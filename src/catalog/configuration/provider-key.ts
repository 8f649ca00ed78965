/**
 * Where the key of a provider comes from.
 *
 * @module
 */
import type { KnownProvider } from '../catalogue.ts'
import type { ProviderShape } from './shape.ts'
import type { Environment } from './variables.ts'

export function keyOf(shape: ProviderShape, known: KnownProvider | undefined, env: Environment) {
  if (shape.apiKey !== undefined || !known) return { apiKey: shape.apiKey }
  const set = setVariables(known, env)
  const half = AWS_PAIR.filter(name => !set.includes(name))
  if (half.length === 1 && !set.some(isApiKey)) return { disabled: `${half[0]} is not set` }
  // What a secret comes from often ends it with a line break.
  if (set.length > 0) return { apiKey: env[set.find(isApiKey) ?? '']?.trim() }
  const names = known.keyVariables
  if (names.length === 0 || isOfMachine(known)) return {}
  return { disabled: names.length === 1 ? `${names[0]} is not set` : `none of ${names.join(', ')} is set` }
}

/** One is nothing without the other. */
const AWS_PAIR = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']

export function setVariables({ keyVariables }: KnownProvider, env: Environment): readonly string[] {
  return keyVariables.filter(name => env[name]?.trim())
}

/** Credentials of a cloud are found by the cloud's own package, not handed over as a key. */
export function isApiKey(variable: string): boolean {
  return !/^AWS_\w*ACCESS_KEY|CREDENTIALS/.test(variable)
}

/** Google's own library also finds the credentials of a machine at Google, and those of a login. */
export function isOfMachine({ id }: KnownProvider): boolean {
  return /^google-vertex(?:-anthropic)?$/.test(id)
}
