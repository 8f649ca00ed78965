/**
 * What is worth knowing of how a provider is asked, though nothing is wrong with it.
 *
 * @module
 */
import { authorOf } from '../../../core/endpoint-id.ts'
import type { ProviderSettings } from '../../../core/endpoints.ts'
import { OTHERS_BY_CHAT } from '../../protocols.ts'
import { isOfMachine, keyOf, setVariables } from './provider-key.ts'
import type { ProviderSource } from './provider-source.ts'
import type { Offer } from './resolve-endpoints.ts'

export function noteOf(
  source: ProviderSource,
  settings: ProviderSettings,
  offers: readonly Offer[],
): string | undefined {
  return (
    responsesElsewhere(source, settings) ??
    byTheMachine(source) ??
    unknownDeployments(source, offers) ??
    unknownModels(source, offers)
  )
}

/** Servers that stand in for OpenAI or Azure mostly know chat completions alone, and answer 404 to Responses. */
function responsesElsewhere(
  { shape }: ProviderSource,
  { protocol, baseUrl = '' }: ProviderSettings,
): string | undefined {
  if (shape.baseURL === undefined || shape.protocol !== undefined || protocol !== 'openai-responses') return undefined
  if (/^https:\/\/[^/]*\b(?:openai|azure)\.com(?:[:/]|$)/.test(baseUrl)) return undefined
  return 'is called through the Responses API at your own address, with a bearer token; if the server has only chat completions, add `protocol: openai`'
}

function byTheMachine({ vendor, shape, env, catalogue }: ProviderSource): string | undefined {
  const known = catalogue.provider(vendor)
  if (!known || !isOfMachine(known) || keyOf(shape, known, env).apiKey !== undefined) return undefined
  if (setVariables(known, env).length > 0) return undefined
  return `uses the credentials of the Google machine or of a login, because ${known.keyVariables.join(', ')} is not set`
}

/** At Azure a name of one's own does not tell whose model it is, and OpenAI's refuse what chat completions of others take. */
function unknownDeployments(
  { name, vendor, shape, catalogue }: ProviderSource,
  offers: readonly Offer[],
): string | undefined {
  if (!OTHERS_BY_CHAT.test(vendor) || shape.protocol !== undefined) return undefined
  const listed = new Set(catalogue.endpointsOf(vendor).flatMap(({ model, upstream }) => [model, upstream]))
  const unknown = offers
    .filter(
      ({ endpoint: { model, upstream, like, protocol } }) =>
        protocol === 'openai-compatible' &&
        like === undefined &&
        !listed.has(model) &&
        !listed.has(upstream) &&
        [name, vendor].includes(authorOf(model)),
    )
    .map(({ endpoint }) => endpoint.model)
  if (unknown.length === 0) return undefined
  return `calls ${unknown.join(', ')} through chat completions, as it does models that are not OpenAI’s; if it is one of OpenAI’s, say which, as in \`like: openai/gpt-5.2\``
}

/** A name of one's own, at a vendor whose models are known: without a window, abilities and a price few calls can go there. */
function unknownModels({ vendor, shape, catalogue }: ProviderSource, offers: readonly Offer[]): string | undefined {
  if (!catalogue.provider(vendor)) return undefined
  const unknown = offers
    .map(({ endpoint }) => endpoint)
    .filter(({ model, contextWindow, price, abilities }) => {
      const isWritten = Object.hasOwn(shape.models ?? {}, model)
      return isWritten && contextWindow === undefined && price === undefined && abilities.length === 0
    })
  if (unknown.length === 0) return undefined
  return `knows no window, abilities and price of ${unknown.map(({ model }) => model).join(', ')}; write them out, or say which known model it is (\`like: author/name\`)`
}
