/**
 * Secrets that lie in files, as Docker, Kubernetes and the agents of vaults mount them.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Path } from '../text/problem.ts'
import { createScrubber } from '../text/quoting.ts'
import { filesIn, type SecretFile } from './variables.ts'

/** @param place - Where the configuration names the file. */
export type SecretFiles = (file: string, place: Path) => SecretFile

/** Those of a configuration at this path: relative ones are meant from there. */
export function secretFilesOf(configurationPath: string): SecretFiles {
  const folder = dirname(configurationPath)
  return file => readSecret(resolve(folder, file))
}

/** The files that a configuration names, in full, for who watches them. None where it cannot be read: nor can it be used then. */
export function secretFilesIn(configurationPath: string): readonly string[] {
  const folder = dirname(configurationPath)
  return [...new Set(filesIn(textOf(configurationPath)).map(file => resolve(folder, file)))]
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    requireFileSystem(error)
    return ''
  }
}

/** @returns the code, e.g. `EACCES`. @throws the error itself where it is none of the file system's */
function requireFileSystem(error: unknown): string {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) throw error
  return code
}

/** Somebody may have written the secret in the place of its path. */
const shown = createScrubber([])

function readSecret(path: string): SecretFile {
  const name = shown(path)
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) return { kind: 'absent', problem: `there is no file ${name}` }
    // A pipe would be waited for.
    if (!found.isFile()) return { kind: 'unusable', problem: `${name} is not a file` }
    const text = readFileSync(path, 'utf8').replace(/[\r\n]+$/, '')
    if (text.trim() === '') return { kind: 'unusable', problem: `the file ${name} is empty` }
    return { kind: 'read', text }
  } catch (error) {
    return { kind: 'unusable', problem: `the file ${name} cannot be read (${requireFileSystem(error)})` }
  }
}
