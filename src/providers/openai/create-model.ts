import type { Connection } from '../dialect.ts'

/** Named, so that no variable of the environment redirects it. */
const OPENAI_BASE_URL = 'https://api.openai.com/v1'

/** OpenAI's provider for either of its protocols. An empty key keeps the package from looking for one in the environment; the transport drops it. */
export async function createProvider({ settings, fetch }: Connection) {
  const { createOpenAI } = await import('@ai-sdk/openai')
  return createOpenAI({
    apiKey: settings.apiKey ?? '',
    baseURL: settings.baseUrl ?? OPENAI_BASE_URL,
    headers: { ...settings.headers },
    fetch,
  })
}

/** Chat completions. */
export async function createModel(connection: Connection) {
  return (await createProvider(connection)).chat(connection.endpoint.upstream)
}
