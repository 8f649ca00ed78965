/**
 * Which variables say where a configuration's providers are.
 *
 * @module
 */
import { valueAt } from '../text/value-at.ts'
import { parseYaml } from '../text/yaml-document.ts'
import { filesIn } from './variables.ts'

/** A provider's address is the value of `address`, followed by `rest`. */
export interface AddressVariables {
  readonly address: string
  readonly rest: string
  /** The variable of its key, if that has no default: without a value the provider is left out. */
  readonly key?: string
}

const ADDRESS = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^}]*)?\}([^$]*)$/
const KEY = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/

/** `undefined` where the provider's address is no variable, or made of several; and where its key is in a file, which no variable can stand in for. */
export function addressVariables(text: string, provider: string): AddressVariables | undefined {
  const parsed = parseYaml(text)
  if (!parsed.ok) return undefined
  const said = (key: string) => String(valueAt(parsed.document.value, ['providers', provider, key]))
  if (filesIn(said('apiKey')).length > 0) return undefined
  const [, address, rest = ''] = ADDRESS.exec(said('baseURL')) ?? []
  const [, key] = KEY.exec(said('apiKey')) ?? []
  return address === undefined ? undefined : { address, rest, ...(key !== undefined && { key }) }
}
