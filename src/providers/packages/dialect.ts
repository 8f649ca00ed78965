/**
 * Any other `@ai-sdk/*` package. Its errors and usage are read as OpenAI's, which most of these vendors copy; what
 * does not fit is classified by status, and counted as unknown.
 *
 * @module
 */
import type { Dialect } from '../dialect.ts'
import { openaiCompatible } from '../openai-compatible/dialect.ts'
import { loadPackage } from './load-package.ts'

export const packageDialect: Dialect = {
  ...openaiCompatible,
  async createModel({ settings, endpoint, fetch }) {
    const provider = await loadPackage(settings.package, {
      ...(settings.apiKey !== undefined && { apiKey: settings.apiKey }),
      ...(settings.baseUrl !== undefined && { baseURL: settings.baseUrl }),
      headers: { ...settings.headers },
      fetch,
    })
    return provider.languageModel(endpoint.upstream)
  },
}
