import { dirname, join } from 'node:path'
import type { BundleOptions } from '@temporalio/worker'

type BundlerConfiguration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0]

/**
 * The configuration with which the bundler keeps what it has read and parsed in the folder of the shared bundle, or only reads there:
 * most of a bundle is the same, whose workflows it has. One process writes, and only it: others could read what is half written.
 */
export function withBundlerCache(
  config: BundlerConfiguration,
  sharedPath: string,
  { readonly }: { readonly readonly: boolean },
): BundlerConfiguration {
  const cacheDirectory = join(dirname(sharedPath), 'bundler')
  return {
    ...config,
    cache: { type: 'filesystem', cacheDirectory, name: 'workflows', version: versionOf(config), readonly },
    // What it has to say of a cache is nothing that tests wait for.
    infrastructureLogging: { level: 'none' },
  }
}

/** The bundler remembers what a name stands for, and does not ask whether it was told something else since. */
function versionOf({ resolve, module }: BundlerConfiguration): string {
  const others = Object.entries(resolve?.alias ?? {}).filter(([name]) => !name.startsWith('signalbox-'))
  return JSON.stringify([{ ...resolve, alias: others }, module?.rules])
}
