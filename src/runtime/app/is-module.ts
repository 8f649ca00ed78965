import { statSync } from 'node:fs'

/** Whether there is a file. */
export function isModule(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
