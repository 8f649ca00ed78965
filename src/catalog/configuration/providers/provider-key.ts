/**
 * Where the key of a provider comes from.
 *
 * @module
 */
import type { KnownProvider } from '../../catalogue.ts'
import type { ProviderShape } from '../shape/shape.ts'
import type { Environment } from '../variables/variables.ts'

export function keyOf(shape: ProviderShape, known: KnownProvider | undefined, env: Environment) {
  const own = shape.apiKey ?? expressKey(shape, known, env)
  if (own !== undefined || !known) return { apiKey: own }
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

/** Vertex's express mode goes by an API key alone and at no location; its package takes to it wherever it finds the variable. */
export function expressKey(
  { apiKey, protocol = VERTEX }: ProviderShape,
  known: KnownProvider | undefined,
  env: Environment,
): string | undefined {
  if (known?.id !== 'google-vertex' || protocol !== VERTEX) return undefined
  return apiKey ?? (env.GOOGLE_VERTEX_API_KEY?.trim() || undefined)
}

const VERTEX = '@ai-sdk/google-vertex'
