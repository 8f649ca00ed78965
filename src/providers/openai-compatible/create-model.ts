import type { Connection } from '../dialect.ts'
import { limitRenamed } from './limit-name.ts'
import { asMakersWant } from './makers.ts'

/**
 * One model per endpoint, for what it can do is a setting of the package's provider. The provider's name is ours, so
 * that `providerOptions` may be given under it; those of several accounts of a vendor are given once, under the vendor's.
 */
export async function createModel({ settings, endpoint, fetch }: Connection) {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  const baseURL = settings.baseUrl ?? ''
  const transformRequestBody = limitRenamed(baseURL, endpoint.upstream) ?? asMakersWant(baseURL, endpoint.upstream)
  const provider = createOpenAICompatible({
    name: settings.like ?? settings.name,
    baseURL,
    ...(settings.apiKey !== undefined && { apiKey: settings.apiKey }),
    headers: { ...settings.headers },
    includeUsage: settings.quirks.streamUsage !== false,
    supportsStructuredOutputs: settings.quirks.structuredOutputs ?? endpoint.abilities.includes('json-schema'),
    ...(transformRequestBody && { transformRequestBody }),
    fetch,
  })
  return provider.languageModel(endpoint.upstream)
}
