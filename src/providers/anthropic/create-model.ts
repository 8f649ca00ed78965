import type { Connection, Fetch } from '../dialect.ts'

/** Named, so that no variable of the environment redirects it. */
const ANTHROPIC_BASE_URL = 'https://api.anthropic.com/v1'

export async function createModel({ settings, endpoint, fetch }: Connection) {
  const { createAnthropic } = await import('@ai-sdk/anthropic')
  const baseURL = settings.baseUrl ?? ANTHROPIC_BASE_URL
  return createAnthropic({
    apiKey: settings.apiKey ?? '',
    baseURL,
    headers: { ...settings.headers },
    fetch: baseURL.startsWith('https://api.anthropic.com/') ? fetch : withoutEagerInput(fetch),
  }).languageModel(endpoint.upstream)
}

const EAGER = ',"eager_input_streaming":true'

/**
 * The package asks for arguments of tools as they are written, in a field of each tool that Anthropic alone knows: others answer
 * `tools.0.custom.eager_input_streaming: Extra inputs are not permitted`. What a prompt says stands in escaped quotes.
 */
function withoutEagerInput(fetch: Fetch): Fetch {
  return (url, init) => {
    const { body } = init ?? {}
    if (typeof body !== 'string' || !body.includes(EAGER)) return fetch(url, init)
    return fetch(url, { ...init, body: body.replaceAll(EAGER, '') })
  }
}
