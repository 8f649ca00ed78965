/**
 * Packages of the AI SDK that are no dependency of ours: they load when a provider names them.
 *
 * @module
 */
import type { ProviderV4 } from '@ai-sdk/provider'
import { recordOf } from '../json.ts'

/** Says which package to install. */
export class MissingPackage extends Error {
  override readonly name = 'MissingPackage'
}

/** What packages agree on that providers are made from. */
export interface PackageSettings {
  readonly apiKey?: string
  readonly baseURL?: string
  readonly headers: Record<string, string>
  readonly fetch: typeof globalThis.fetch
}

/** Makes the provider of a package by its `create…` function. Throws {@link MissingPackage} with what to do. */
export async function loadPackage(name: string, settings: PackageSettings): Promise<ProviderV4> {
  const create = creatorIn(recordOf(await imported(name)), name)
  if (!create) throw new MissingPackage(`The package ${name} has no provider to create: name an @ai-sdk/* package.`)
  const provider = create(settings) as ProviderV4
  if (provider.specificationVersion === 'v4') return provider
  throw new MissingPackage(
    `The package ${name} follows another version of the specification: npm install ${name}@latest`,
  )
}

async function imported(name: string): Promise<unknown> {
  try {
    return await import(name)
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'ERR_INVALID_MODULE_SPECIFIER') throw error
    throw new MissingPackage(`The package ${name} is not installed: npm install ${name}`)
  }
}

type Creator = (settings: PackageSettings) => unknown

/** `createGroq` of `@ai-sdk/groq`: the function that has the package's name, else the only one there is. */
function creatorIn(module: Readonly<Record<string, unknown>>, name: string): Creator | undefined {
  const wanted = `create${name.slice(name.lastIndexOf('/') + 1).replaceAll('-', '')}`
  const creators = Object.entries(module).filter(
    ([key, value]) => /^create[A-Z]/.test(key) && typeof value === 'function',
  )
  const named = creators.find(([key]) => key.toLowerCase() === wanted)
  return (named ?? (creators.length === 1 ? creators[0] : undefined))?.[1] as Creator | undefined
}
