import type { Connection } from '../dialect.ts'
import { OPENAI_BASE_URL } from '../openai/create-model.ts'

export async function createModel({ settings, endpoint, fetch }: Connection) {
  const { createOpenAI } = await import('@ai-sdk/openai')
  return createOpenAI({
    apiKey: settings.apiKey ?? '',
    baseURL: settings.baseUrl ?? OPENAI_BASE_URL,
    headers: { ...settings.headers },
    fetch,
  }).responses(endpoint.upstream)
}
