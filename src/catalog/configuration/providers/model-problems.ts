/**
 * What is wrong with one model of a provider.
 *
 * @module
 */
import type { Endpoint } from '../../../core/endpoints.ts'
import { nearest } from '../../../core/words/nearest.ts'
import type { CatalogueEndpoint } from '../../catalogue-endpoint.ts'
import type { ModelShape } from '../shape/shape.ts'
import type { Problem } from '../text/problem.ts'
import { quotedName } from '../text/quoting.ts'
import type { ProviderSource } from './provider-source.ts'

/** Whether a name, or an id on the wire, means a model of the catalogue. */
export function isCalled(name: string): (listed: CatalogueEndpoint) => boolean {
  return ({ model, upstream }) => model === name || upstream === name
}

const OF_NOBODY = {
  message: 'its provider is none of the catalogue, so the catalogue has no model that it could be like',
  allowed:
    'contextWindow, maxOutput, abilities and price instead; or `like` of the provider too, with the name of one of the catalogue',
}

/** What keeps a model from being like the one that it names. */
export function unlikeProblems(
  model: string,
  { like }: ModelShape,
  listed: readonly CatalogueEndpoint[],
  { vendor, catalogue, problem }: ProviderSource,
): readonly Problem[] {
  if (like === undefined || listed.some(isCalled(like))) return []
  if (!catalogue.provider(vendor)) return [problem(['models', model, 'like'], OF_NOBODY)]
  const suggestion = nearest(
    like,
    listed.map(other => other.model),
  )
  return [
    problem(['models', model, 'like'], {
      message: `the catalogue has no such model of ${vendor}`,
      found: quotedName(like),
      allowed: `a model that \`signalbox models --provider ${vendor}\` lists; what others have is written out: contextWindow, maxOutput, abilities and price`,
      ...(suggestion === undefined ? {} : { suggestion }),
    }),
  ]
}

/** Of a limit that the file sets: what the lists say of their own models is theirs, and calls heed the smaller one. */
export function outputProblems(
  model: string,
  { maxOutput }: ModelShape,
  { contextWindow }: Endpoint,
  { problem }: ProviderSource,
): readonly Problem[] {
  if (maxOutput === undefined || contextWindow === undefined || maxOutput <= contextWindow) return []
  const message = 'maxOutput is above contextWindow, which has to hold the prompt and the output'
  const found = `maxOutput ${maxOutput}, contextWindow ${contextWindow}`
  return [problem(['models', model, 'maxOutput'], { message, found, allowed: `at most ${contextWindow}` })]
}

export function duplicate(model: string, twin: Endpoint, { problem }: ProviderSource): Problem {
  return problem(['models', model], {
    message: `this endpoint is listed twice: ${twin.model} has the same id on the wire`,
    allowed: 'one name for each model of a provider',
  })
}
