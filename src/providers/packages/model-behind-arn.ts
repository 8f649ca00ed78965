/**
 * Claude behind an ARN of the user's own at Amazon Bedrock.
 *
 * @module
 */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { bareNames } from '../../core/endpoint-id.ts'
import type { Endpoint } from '../../core/endpoints.ts'
import type { PackageProvider } from './load-package.ts'

/** What the package's model has beside the specification. */
interface Addressed {
  getUrl?(id: string): string
}

/**
 * The package tells by the id whether a model is Claude, and which: behind an ARN that does not say so it would drop the degree of
 * reasoning, and send what newer ones refuse. So its model has the name that is known, and the ARN's address.
 */
export function modelBehindArn(provider: PackageProvider, id: string, endpoint: Endpoint): LanguageModelV4 {
  const names = id.startsWith('arn:') && !id.includes('claude-') ? bareNames(endpoint) : []
  const name = names.findLast(known => known.startsWith('claude-'))
  if (name === undefined) return provider.languageModel(id)
  const model: LanguageModelV4 & Addressed = provider.languageModel(`anthropic.${name}`)
  const urlOf = model.getUrl
  return urlOf ? Object.assign(model, { getUrl: () => urlOf.call(model, id) }) : provider.languageModel(id)
}
