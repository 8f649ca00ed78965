/**
 * Dialects of packages that load when a provider names them.
 *
 * @module
 */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Endpoint } from '../../core/endpoints.ts'
import type { Connection, Dialect, Fetch } from '../dialect.ts'
import { openaiCompatible } from '../openai-compatible/dialect.ts'
import { loadPackage, ofOurVersion, type PackageProvider } from './load-package.ts'

/** How a package deviates from what packages agree on. */
export interface PackageQuirks {
  /** @defaultValue `languageModel` */
  readonly model?: (provider: PackageProvider, id: string, endpoint: Endpoint) => LanguageModelV4
  /** Given to the provider beside what all are given. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** The package does not ask for the usage of a stream, so its requests are told to on their way. */
  readonly asksNoUsage?: true
}

/** A dialect that leaves to a package how models are made. */
export type PackageDialect = Omit<Dialect, 'createModel'>

/** The dialect of a package. */
export function packaged(reading: PackageDialect, quirks: PackageQuirks = {}): Dialect {
  const { model = (provider, id) => provider.languageModel(id) } = quirks
  return {
    ...reading,
    async createModel(connection) {
      const { settings, endpoint } = connection
      const provider = await loadPackage(settings.package, {
        ...quirks.settings,
        ...(settings.apiKey !== undefined && { apiKey: settings.apiKey }),
        ...(settings.baseUrl !== undefined && { baseURL: settings.baseUrl }),
        headers: { ...settings.headers },
        fetch: quirks.asksNoUsage ? askingForUsage(connection) : connection.fetch,
      })
      return ofOurVersion(model(provider, endpoint.upstream, endpoint), settings.package)
    },
  }
}

const STREAMS = /"stream":true[,}]/

/** Bodies are JSON objects: the option goes in front, for prompts are long. A prompt's own words stand in escaped quotes. */
function askingForUsage({ settings, fetch }: Connection): Fetch {
  if (settings.quirks.stream === false || settings.quirks.streamUsage === false) return fetch
  return (url, init) => {
    const { body } = init ?? {}
    if (typeof body !== 'string' || !STREAMS.test(body) || body.includes('"stream_options":')) return fetch(url, init)
    return fetch(url, { ...init, body: `{"stream_options":{"include_usage":true},${body.slice(1)}` })
  }
}

/**
 * A package that nothing more is known of. Its errors and usage are read as OpenAI's, which most of these vendors copy; what
 * does not fit is classified by status, and counted as unknown.
 */
export const otherPackage: Dialect = packaged(openaiCompatible)
