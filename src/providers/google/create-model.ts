import type { Connection } from '../dialect.ts'

const GOOGLE_BASE_URL = 'https://generativelanguage.googleapis.com/v1beta'

export async function createModel({ settings, endpoint, fetch }: Connection) {
  const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
  return createGoogleGenerativeAI({
    apiKey: settings.apiKey ?? '',
    baseURL: settings.baseUrl ?? GOOGLE_BASE_URL,
    headers: { ...settings.headers },
    fetch,
  }).languageModel(endpoint.upstream)
}
