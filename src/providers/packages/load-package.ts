/**
 * Packages that are no dependency of ours: they load when a provider names them.
 *
 * @module
 */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { recordOf } from '../json.ts'

/** Says which package to install. */
export class MissingPackage extends Error {
  override readonly name = 'MissingPackage'
}

/** What packages agree on that providers are made from, and what some of them want beside. */
export interface PackageSettings {
  readonly apiKey?: string
  readonly baseURL?: string
  readonly headers: Record<string, string>
  readonly fetch: typeof globalThis.fetch
  readonly [own: string]: unknown
}

/** What packages agree on that a provider makes. */
export interface PackageProvider {
  languageModel(id: string): LanguageModelV4
  /** OpenAI's chat completions, where the package speaks other formats too. */
  chat?(id: string): LanguageModelV4
}

/** Makes the provider of a package by its `create…` function. Throws {@link MissingPackage} with what to do. */
export async function loadPackage(name: string, settings: PackageSettings): Promise<PackageProvider> {
  const create = creatorIn(recordOf(await imported(name)), name)
  if (!create) throw new MissingPackage(`The package ${name} has no provider to create: name an @ai-sdk/* package.`)
  return create(settings) as PackageProvider
}

/** The model, if it is of the specification that is spoken here. */
export function ofOurVersion(model: LanguageModelV4, name: string): LanguageModelV4 {
  if (model.specificationVersion === 'v4') return model
  throw new MissingPackage(
    `The package ${name} follows another version of the specification: npm install ${name}@latest`,
  )
}

/** Whether Node finds the package. Says what to install where it does not. */
export function missingPackage(name: string): string | undefined {
  try {
    import.meta.resolve(name)
    return undefined
  } catch {
    return installWords(name)
  }
}

async function imported(name: string): Promise<unknown> {
  try {
    return await import(name)
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string }
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'ERR_INVALID_MODULE_SPECIFIER') throw error
    // It may be there and lack one of its own: OpenRouter's wants `ai`.
    const [, lacking = name] = /Cannot find package '([^']+)'/.exec(message ?? '') ?? []
    throw new MissingPackage(installWords(lacking.startsWith('/') ? name : lacking))
  }
}

function installWords(name: string): string {
  // The subpaths of a package are installed with it.
  const [scope, second] = name.split('/')
  const whole = name.startsWith('@') ? `${scope}/${second}` : scope
  return `The package ${name} is not installed: npm install ${whole}`
}

type Creator = (settings: PackageSettings) => unknown

/**
 * `createGroq` of `@ai-sdk/groq`, `createOpenRouter` of `@openrouter/ai-sdk-provider`, `createGoogleVertexAnthropic` of
 * `@ai-sdk/google-vertex/anthropic`: the function that has the package's name, its owner's, or the whole name behind the owner's,
 * else the only one there is.
 */
export function creatorIn(module: Readonly<Record<string, unknown>>, name: string): Creator | undefined {
  const [owner = '', ...parts] = name.replace('@', '').split('/')
  const wanted = [owner, ...parts, parts.join('')].map(part => `create${part.replaceAll('-', '')}`)
  const creators = Object.entries(module).filter(
    ([key, value]) => /^create[A-Z]/.test(key) && typeof value === 'function',
  )
  const named = creators.find(([key]) => wanted.includes(key.toLowerCase()))
  return (named ?? (creators.length === 1 ? creators[0] : undefined))?.[1] as Creator | undefined
}
