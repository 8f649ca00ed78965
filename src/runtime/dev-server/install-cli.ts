import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DAY_MS } from '../../core/durations.ts'
import { binaryName } from './cache-folder.ts'
import { probeCli } from './cli-version.ts'
import type { Report } from './download.ts'
import { unlessGone } from './unless-gone.ts'

/** Far longer than a download may take. */
const ABANDONED_MS = DAY_MS

/** Where a binary is, or why there is none. */
export type Located = { readonly path: string } | { readonly reason: string }

/** Puts a binary somewhere into an empty folder and gives its path, or says why it could not. */
export type Fetch = (folder: string, report: Report) => Promise<Located>

export interface InstallOptions {
  /** Becomes `bin/temporal` and nothing else, all at once. */
  readonly folder: string
  readonly fetch: Fetch
  readonly env: NodeJS.ProcessEnv
  readonly report: Report
}

/**
 * Fetches into a folder beside the final one and renames it when it is whole: a process that dies half-way leaves
 * nothing that looks finished, and of two that fetch at once one wins and both go on.
 */
export async function installCli({ folder, fetch, env, report }: InstallOptions): Promise<Located> {
  const staging = await writable(makeStaging(folder))
  if ('reason' in staging) return staging
  try {
    const fetched = await fetch(await subfolder(staging.path, 'fetched'), report)
    if ('reason' in fetched) return fetched
    const probe = await probeCli(fetched.path, env)
    if ('reason' in probe) return { reason: `what was downloaded ${probe.reason}` }
    const ready = await subfolder(staging.path, 'ready')
    await mkdir(join(ready, 'bin'))
    await chmod(fetched.path, 0o755)
    await rename(fetched.path, join(ready, 'bin', binaryName()))
    await publish(ready, folder, staging.path, env)
    return { path: join(folder, 'bin', binaryName()) }
  } finally {
    await rm(staging.path, { recursive: true, force: true })
  }
}

/** The first file under a folder that runs as a Temporal CLI, whatever its downloader called it. */
export async function findBinary(folder: string, env: NodeJS.ProcessEnv): Promise<Located> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && 'cli' in (await probeCli(path, env))) return { path }
  }
  return { reason: 'the download ended without a binary' }
}

async function makeStaging(folder: string): Promise<string> {
  const parent = dirname(folder)
  const prefix = `.${basename(folder)}-`
  await mkdir(parent, { recursive: true })
  await removeAbandoned(parent, prefix)
  return mkdtemp(join(parent, prefix))
}

/** What a killed process left behind is as large as the server, and nobody else would ever remove it. */
async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name)
    if (!name.startsWith(prefix)) continue
    const found = await unlessGone(stat(path), undefined)
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true })
  }
}

async function subfolder(parent: string, name: string): Promise<string> {
  await mkdir(join(parent, name))
  return join(parent, name)
}

async function publish(ready: string, folder: string, staging: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (await renamed(ready, folder)) return
  const theirs = await probeCli(join(folder, 'bin', binaryName()), env)
  if ('cli' in theirs) return
  await renamed(folder, join(staging, 'replaced'))
  await rename(ready, folder)
}

/** False when something stands at the target already, or the source is gone. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

async function writable(making: Promise<string>): Promise<Located> {
  try {
    return { path: await making }
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return { reason: `cannot write to ${path ?? 'the cache folder'} (${code}); SIGNALBOX_CACHE names another folder` }
  }
}
