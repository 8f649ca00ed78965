/**
 * Reads a configuration from disk.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Catalogue, loadCatalogue } from '../catalogue.ts'
import { importedFor } from '../lists/imported-file.ts'
import { BrokenCatalogue } from '../snapshot.ts'
import type { ConfigurationResult } from './configuration.ts'
import { type ReadOptions, readConfiguration } from './read-configuration.ts'
import { secretFilesOf } from './variables/secret-files.ts'
import type { Environment } from './variables/variables.ts'

/**
 * Reads and checks `signalbox.yaml`, by the catalogue that was imported for it, else the shipped one. A file that cannot be
 * read is a problem like any other. `app` becomes absolute: it is meant from the file, not from where the process runs.
 */
export function loadConfigurationFile(
  path: string,
  env: Environment,
  options: Omit<ReadOptions, 'env'> = {},
): ConfigurationResult {
  const file = readText(path)
  if (!file.ok) return { ok: false, problems: [{ path: '', message: file.message }] }
  const catalogue = options.catalogue ?? catalogueFor(path, env)
  if (catalogue instanceof BrokenCatalogue) return { ok: false, problems: [{ path: '', message: catalogue.message }] }
  const result = readConfiguration(file.text, { secretFiles: secretFilesOf(path), ...options, env, catalogue })
  if (!result.ok || result.configuration.app === undefined) return result
  const app = resolve(dirname(path), result.configuration.app)
  return { ok: true, configuration: { ...result.configuration, app } }
}

function catalogueFor(path: string, env: Environment): Catalogue | BrokenCatalogue {
  try {
    return loadCatalogue({ imported: importedFor(path, env) })
  } catch (error) {
    if (error instanceof BrokenCatalogue) return error
    throw error
  }
}

type FileText = { ok: true; text: string } | { ok: false; message: string }

function readText(path: string): FileText {
  try {
    return { ok: true, text: readFileSync(path, 'utf8') }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    const { code } = error
    if (code === 'ENOENT')
      return {
        ok: false,
        message: `there is no file ${path}: write one (see "Ten lines of configuration" in the README), or name another`,
      }
    return { ok: false, message: `${path} cannot be read (${code}): name a file that this user may read` }
  }
}
