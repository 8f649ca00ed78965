import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileRefused } from '../configuration/file-refused.ts'

/**
 * Writes a `.gitignore` into the folder, so that nobody commits its master key or what runs have said. An existing one stays as it is.
 *
 * @throws ConfigurationProblem if it cannot be written.
 */
export function keepFromGit(folder: string): void {
  const path = join(folder, '.gitignore')
  if (existsSync(path)) return
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(path, '*\n')
  } catch (error) {
    throw fileRefused(error, `${path} cannot be made`, 'let this user write there, or start in another folder')
  }
}
