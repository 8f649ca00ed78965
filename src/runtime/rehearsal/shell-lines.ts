/**
 * Lines for a shell by which providers whose address is a variable find their stand-ins.
 *
 * @module
 */
import { addressVariables } from '../../catalog/index.ts'

/** A stand-in that answers, under the name of the provider. */
export interface Answering {
  readonly name: string
  readonly baseUrl: string
}

export interface StoodInFor {
  /** The configuration as it is written. */
  readonly text: string
  readonly env: NodeJS.ProcessEnv
}

/** `export ACME_URL=…` for the variables of a provider of this configuration; none where its address is no variable. */
export function shellLines({ name, baseUrl }: Answering, { text, env }: StoodInFor): readonly string[] {
  const variables = addressVariables(text, name)
  if (!variables || !baseUrl.endsWith(variables.rest)) return []
  const { address, rest, key } = variables
  const lines = [exported(address, baseUrl.slice(0, baseUrl.length - rest.length))]
  return key === undefined || env[key] ? lines : [...lines, exported(key, 'none')]
}

/** Where no configuration says how its variables are called: as the README's example and the demo call them. */
export function customaryLines({ name, baseUrl }: Answering): readonly string[] {
  return [exported(`${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_URL`, baseUrl)]
}

function exported(variable: string, value: string): string {
  return `export ${variable}=${value}`
}
