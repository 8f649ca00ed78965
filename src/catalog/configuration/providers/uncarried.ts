/**
 * A provider's key, headers and address that no request could carry.
 *
 * @module
 */
import type { ProviderSettings } from '../../../core/endpoints.ts'
import type { Problem } from '../text/problem.ts'
import { substitute } from '../variables/variables.ts'
import { isApiKey, setVariables } from './provider-key.ts'
import type { ProviderSource } from './provider-source.ts'

/** What a request says of its own body and connection is the transport's to say. */
const TRANSPORTS_OWN = new Set(['content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'expect'])

const HEADER = `a name without spaces, and none of ${[...TRANSPORTS_OWN].join(', ')}`
const KEY = 'the key alone, without quotes, spaces or line breaks'
const UNCARRIED = 'has a line break, a space or another character that a header cannot carry'

/** No value is shown: it may be a key, or hold one. */
export function uncarriedProblems(source: ProviderSource, settings: ProviderSettings): readonly Problem[] {
  return [...inHeaders(source), ...inKey(source, settings), ...inAddress(source, settings)]
}

function inHeaders({ shape, problem }: ProviderSource): readonly Problem[] {
  return Object.entries(shape.headers ?? {}).flatMap(([header, value]) => [
    ...(/^[\x20-\x7e]*$/.test(value)
      ? []
      : [problem(['headers', header], { message: `the value ${UNCARRIED}`, allowed: 'printable ASCII' })]),
    ...(/^[!#$%&'*+.^`|~\w-]+$/.test(header) && !TRANSPORTS_OWN.has(header.toLowerCase())
      ? []
      : [problem(['headers', header], { message: 'no request can carry this header', allowed: HEADER })]),
  ])
}

function inKey(source: ProviderSource, { apiKey }: ProviderSettings): readonly Problem[] {
  const wrong = wrongKey(apiKey)
  if (wrong === undefined) return []
  const variable = source.shape.apiKey === undefined ? keyVariableOf(source) : undefined
  const value = variable === undefined ? 'the value' : `the value of ${variable}`
  return [source.problem(['apiKey'], { message: `${value} ${wrong}`, allowed: KEY })]
}

/** Some readers of files with variables leave the quotes in: Docker's `--env-file` is one. */
function wrongKey(key = ''): string | undefined {
  if (!/^[\x21-\x7e]*$/.test(key)) return UNCARRIED
  return /^(["']).*\1$/.test(key) ? 'stands in quotes' : undefined
}

/** Where the key comes from when the file does not give it. */
function keyVariableOf({ vendor, catalogue, env }: ProviderSource): string | undefined {
  const known = catalogue.provider(vendor)
  return known && setVariables(known, env).find(isApiKey)
}

/** Packages write their paths after it, and what it says of a user goes to nobody. */
function inAddress(source: ProviderSource, { baseUrl, protocol }: ProviderSettings): readonly Problem[] {
  const { shape, problem } = source
  if (shape.baseURL === undefined) return inListedAddress(source)
  if (protocol !== '@ai-sdk/azure' && /^https:\/\/[^/]+\.azure\.com\/openai\/?$/.test(baseUrl ?? ''))
    return [problem(['baseURL'], { message: 'the address lacks the version of Azure’s API', allowed: '…/openai/v1' })]
  if (baseUrl === undefined || !/[?#\s]|^https?:\/\/[^/]*@/.test(baseUrl)) return []
  const message = 'the address has a query, a fragment, a user or a space, and a path is appended to it'
  return [problem(['baseURL'], { message, allowed: 'an address alone; keys go into apiKey or headers' })]
}

/** Of variables that the catalogue puts into a provider's address: Databricks' own tools want `https://` in the one that is a host here. */
function inListedAddress({ vendor, catalogue, env, problem }: ProviderSource): readonly Problem[] {
  const address = catalogue.provider(vendor)?.baseUrl ?? ''
  const { text, used, gaps } = substitute(address, env)
  if (used.length === 0 || gaps.variables.length > 0 || (URL.canParse(text) && !/[?#@\s]|:\/\/.*:\/\//.test(text)))
    return []
  const message = `${used.join(' and ')} ${used.length === 1 ? 'does' : 'do'} not fit into the provider’s address`
  return [problem([], { message, allowed: `a value that makes ${address} an address, such as a bare name or host` })]
}
