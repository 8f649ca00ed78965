import type { Connection } from '../dialect.ts'

/** Named, so that no variable of the environment redirects it. */
const ANTHROPIC_BASE_URL = 'https://api.anthropic.com/v1'

export async function createModel({ settings, endpoint, fetch }: Connection) {
  const { createAnthropic } = await import('@ai-sdk/anthropic')
  return createAnthropic({
    apiKey: settings.apiKey ?? '',
    baseURL: settings.baseUrl ?? ANTHROPIC_BASE_URL,
    headers: { ...settings.headers },
    fetch,
  }).languageModel(endpoint.upstream)
}
