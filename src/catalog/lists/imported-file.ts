/**
 * Where an imported catalogue lies, and how it gets there.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Environment } from '../configuration/variables/variables.ts'
import type { Snapshot } from '../snapshot.ts'

/** Beside a `signalbox.yaml`: to be kept with it, so that all its workers have the same prices. */
const BESIDE = 'signalbox.catalogue.json.gz'

export function besidePath(configurationPath: string): string {
  return join(dirname(configurationPath), BESIDE)
}

/** For all configurations of this user that have none beside them. */
export function homePath(env: Environment): string {
  return join(env.SIGNALBOX_HOME || join(env.HOME || homedir(), '.signalbox'), BESIDE)
}

/**
 * The imported catalogue that holds for a configuration: the one beside it, else the user's; `undefined` where the shipped
 * snapshot holds. Without `HOME` or `SIGNALBOX_HOME` in the environment no home folder is looked into.
 */
export function importedFor(configurationPath: string, env: Environment): string | undefined {
  const beside = besidePath(configurationPath)
  if (existsSync(beside)) return beside
  if (!env.SIGNALBOX_HOME && !env.HOME) return undefined
  const atHome = homePath(env)
  return existsSync(atHome) ? atHome : undefined
}

/** Writes the whole file or none of it: whoever reads meanwhile reads the one before. */
export function writeImported(path: string, snapshot: Snapshot): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${randomUUID()}`
  try {
    writeFileSync(draft, gzipSync(JSON.stringify(snapshot)), { flush: true })
    renameSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
}
